-- check is_unique fail: 同一次运行的同一结论出现多次
SELECT
    run_id,
    family,
    finding,
    part,
    count(*) AS row_count
FROM finding_count
GROUP BY ALL
HAVING count(*) > 1;

-- check counts_fit fail: 通话数多于命中数，或多于当夜通话数
SELECT
    run_id,
    family,
    finding
FROM finding_count
WHERE call_count > finding_count OR call_count > night_call_count OR call_count < 1;
