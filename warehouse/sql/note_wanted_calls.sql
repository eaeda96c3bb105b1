INSERT INTO wanted_call
SELECT
    call_id,
    max(night) AS night,
    arg_max(run_id, night) AS run_id
FROM read_parquet($files, union_by_name = true, hive_partitioning = false)
GROUP BY call_id;
