-- shared: has_call

-- check is_unique fail: 同一指标出现多次
SELECT
    signal.call_id,
    signal.name,
    signal.role,
    count(*) AS row_count
FROM signal
WHERE signal.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check role_is_known fail: role 不在约定的取值之内
SELECT
    signal.call_id,
    signal.role
FROM signal
WHERE
    signal.night IN (SELECT checked_night.night FROM checked_night)
    AND (signal.role NOT IN ('agent', 'customer', 'ivr', 'unknown'));

-- check ratio_is_in_range fail: 比率不在 0 到 1 之间
SELECT
    signal.call_id,
    signal.name,
    signal.value
FROM signal
WHERE
    signal.night IN (SELECT checked_night.night FROM checked_night)
    AND (signal.name LIKE '%\_ratio' ESCAPE '\' AND signal.value NOT BETWEEN 0 AND 1);

-- check is_finite fail: 指标不是有限的数
SELECT
    signal.call_id,
    signal.name
FROM signal
WHERE
    signal.night IN (SELECT checked_night.night FROM checked_night)
    AND (NOT isfinite(signal.value));

-- check is_not_negative fail: 时长或次数为负
SELECT
    signal.call_id,
    signal.name,
    signal.value
FROM signal
WHERE
    signal.night IN (SELECT checked_night.night FROM checked_night)
    AND (signal.name NOT LIKE '%\_dbfs' ESCAPE '\' AND signal.value < 0);
