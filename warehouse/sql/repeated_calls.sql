-- Calls that lie in several nights, each with the night that counts: the latest.
SELECT
    call_id,
    max(night) AS night
FROM read_parquet($files, union_by_name = true, hive_partitioning = false)
GROUP BY call_id
HAVING count(*) > 1;
