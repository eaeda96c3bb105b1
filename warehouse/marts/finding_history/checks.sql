-- check is_unique fail: 同一次运行的同一结论出现多次
SELECT
    run_id,
    family,
    finding,
    part,
    count(*) AS row_count
FROM finding_history
GROUP BY ALL
HAVING count(*) > 1;
