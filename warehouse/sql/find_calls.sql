-- Stored calls with one of these ids, recordings or customers, in any run that is kept.
SELECT DISTINCT
    call_id,
    night,
    recording_digest,
    size_bytes,
    file_count
FROM read_parquet($files, union_by_name = true, hive_partitioning = false)
WHERE
    call_id IN (SELECT unnest($call_ids::VARCHAR[]))
    OR recording_digest IN (SELECT unnest($digests::VARCHAR[]))
    OR customer_key IN (SELECT unnest($customer_keys::VARCHAR[]))
ORDER BY ALL;
