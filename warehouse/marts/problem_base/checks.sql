-- check counts_sure_calls fail: 问题基数与角色确定的通话数不同
SELECT
    count(*) AS shown_count,
    (SELECT count(*) FROM call WHERE NOT coalesce(call.is_role_uncertain, FALSE)) AS stored_count
FROM problem_base
WHERE problem_base.base = 'call'
HAVING count(*) != (SELECT count(*) FROM call WHERE NOT coalesce(call.is_role_uncertain, FALSE));

-- check is_unique fail: 同一通话的同一种基数出现多次
SELECT
    problem_base.call_id,
    problem_base.base,
    count(*) AS row_count
FROM problem_base
WHERE problem_base.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY problem_base.call_id, problem_base.base
HAVING count(*) > 1;
