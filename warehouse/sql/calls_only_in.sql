-- Calls of the files $going that none of the files $staying has.
SELECT DISTINCT call_id
FROM read_parquet($going, union_by_name = true, hive_partitioning = false)
WHERE
    call_id NOT IN (
        SELECT call_id FROM read_parquet($staying, union_by_name = true, hive_partitioning = false)
    )
ORDER BY call_id;
