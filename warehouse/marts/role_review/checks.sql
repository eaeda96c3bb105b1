-- check lists_every_uncertain_call fail: 角色复核表与 call 表里角色不确定的通话数不同
SELECT
    count(*) AS shown_count,
    (SELECT count(*) FROM call WHERE call.is_role_uncertain) AS stored_count
FROM role_review
HAVING count(*) != (SELECT count(*) FROM call WHERE call.is_role_uncertain);
