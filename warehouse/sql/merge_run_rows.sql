-- Rows of tonight's shards as one sorted file of one run.
COPY (
    SELECT merged.* REPLACE ($run_id AS run_id)
    FROM read_parquet($shards, union_by_name = true, hive_partitioning = false) AS merged
    ORDER BY __order__
) TO $path (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 30000);
