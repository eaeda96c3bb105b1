-- A team's month at a glance. 班组月报
SELECT
    m.team,
    m.month,
    m.call_count,
    round(m.complaint_rate, 2) AS complaint_rate,
    round(m.forbidden_per_100_calls, 1) AS forbidden_per_100_calls,
    round(m.silence_ratio_mean, 2) AS silence_ratio_mean,
    m.satisfaction_mean
FROM team_month AS m
ORDER BY m.team NULLS LAST;
