-- check counts_all_calls fail: 班组月表的通话数与 call 表不同
SELECT
    sum(team_month.call_count) AS shown_count,
    (SELECT count(*) FROM call) AS stored_count
FROM team_month
HAVING coalesce(sum(team_month.call_count), 0) != (SELECT count(*) FROM call);

-- check rate_is_in_range fail: 投诉率或升级率不在 0 到 1 之间
SELECT
    team_month.team,
    team_month.month
FROM team_month
WHERE team_month.complaint_rate NOT BETWEEN 0 AND 1 OR team_month.escalation_rate NOT BETWEEN 0 AND 1;
