-- Rows of tonight's shards and rows taken over from an earlier run, as one sorted file of one run.
-- call_date of a row taken over follows the call's new row: the manifest may have been corrected.
COPY (
    SELECT merged.* REPLACE ($run_id AS run_id)
    FROM (
        SELECT * FROM read_parquet($shards, union_by_name = true, hive_partitioning = false)
        UNION ALL BY NAME
        SELECT taken.* REPLACE (coalesce(fresh.call_date, taken.call_date) AS call_date)
        FROM read_parquet($reused, hive_partitioning = false) AS taken
        LEFT JOIN read_parquet($calls, hive_partitioning = false) AS fresh ON taken.call_id = fresh.call_id
        WHERE taken.call_id IN (SELECT unnest($call_ids::VARCHAR[]))
    ) AS merged
    ORDER BY __order__
) TO $path (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30000);
