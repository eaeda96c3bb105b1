-- check rate_is_in_range fail: 有问题的通话多于能有这种问题的通话
SELECT
    team_problem.team,
    team_problem.week,
    team_problem.problem_id
FROM team_problem
WHERE
    team_problem.call_count > team_problem.base_count
    OR team_problem.others_per_100_calls NOT BETWEEN 0 AND 100
    OR team_problem.before_per_100_calls NOT BETWEEN 0 AND 100;
