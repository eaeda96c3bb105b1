-- check is_unique fail: 同一条意见出现多次
SELECT
    label_id,
    count(*) AS row_count
FROM verdict
GROUP BY label_id
HAVING count(*) > 1;

-- check one_is_latest fail: 同一人对同一结论没有唯一的最新意见
SELECT
    target_id,
    labelled_by,
    stage,
    count(*) FILTER (WHERE is_latest) AS latest_count
FROM verdict
GROUP BY target_id, labelled_by, stage
HAVING count(*) FILTER (WHERE is_latest) != 1;

-- check final_counts_alone fail: 有终审的结论还算进了别的意见
SELECT target_id
FROM verdict
GROUP BY target_id
HAVING bool_or(stage = 'final') AND count(*) FILTER (WHERE is_counted) != 1;
