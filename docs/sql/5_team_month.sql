-- A team's month at a glance. 班组月报
SELECT * FROM team_month
ORDER BY team NULLS LAST;
