-- Content digests of recordings already processed, each with the call that had it first.
SELECT
    recording_digest,
    arg_min(call_id, night) AS call_id
FROM read_parquet($files, union_by_name = true, hive_partitioning = false)
GROUP BY recording_digest;
