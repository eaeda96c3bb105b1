-- check has_each_call_once fail: 通话总览与 call 表的行数不同
SELECT
    count(*) AS row_count,
    count(DISTINCT call_overview.call_id) AS call_count,
    (SELECT count(*) FROM call) AS stored_count
FROM call_overview
HAVING count(*) != (SELECT count(*) FROM call) OR count(DISTINCT call_overview.call_id) != count(*);

-- check counts_all_hits fail: 通话总览里的禁语次数与 taboo_hit 表不同(角色不确定的通话除外)
WITH stored AS (
    SELECT count(*) AS stored_count
    FROM taboo_hit
    INNER JOIN call ON taboo_hit.call_id = call.call_id
    WHERE NOT coalesce(call.is_role_uncertain, FALSE)
)

SELECT
    sum(call_overview.forbidden_count + call_overview.sensitive_count) AS shown_count,
    max(stored.stored_count) AS stored_count
FROM call_overview
CROSS JOIN stored
HAVING sum(call_overview.forbidden_count + call_overview.sensitive_count) != max(stored.stored_count);

-- check talk_fits_duration warn: 说话时长超过录音时长
SELECT
    call_overview.call_id,
    call_overview.talk_s,
    call_overview.duration_s
FROM call_overview
WHERE
    call_overview.night IN (SELECT checked_night.night FROM checked_night)
    AND call_overview.talk_s > call_overview.duration_s + 0.5;
