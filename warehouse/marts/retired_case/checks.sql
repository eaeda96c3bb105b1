-- check is_unique fail: 同一案例退出案例库出现多次
SELECT
    case_id,
    count(*) AS row_count
FROM retired_case
GROUP BY case_id
HAVING count(*) > 1;

-- check says_when fail: 退出案例库的案例没有时间或案例库
SELECT case_id
FROM retired_case
WHERE retired_at IS NULL OR library_id IS NULL;
