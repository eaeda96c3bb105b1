-- Problems of the recent nights, of one team or (no $team) of everybody, beside all others and the nights before.
-- $night: the last night. $recent_nights end with it, $before_nights lie before those.
WITH taken AS (
    SELECT
        base,
        team,
        count(*) FILTER (WHERE night > $night - $recent_nights) AS recent_count,
        count(*) FILTER (WHERE night <= $night - $recent_nights) AS before_count
    FROM problem_base
    WHERE night BETWEEN $night - $recent_nights - $before_nights + 1 AND $night
    GROUP BY base, team
),

met AS (
    SELECT
        base,
        kind,
        problem_id,
        team,
        min(phrase) AS phrase,
        arg_max(
            severity, CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END
        ) AS severity,
        count(*) FILTER (WHERE night > $night - $recent_nights) AS recent_count,
        count(*) FILTER (WHERE night <= $night - $recent_nights) AS before_count,
        count(DISTINCT agent_id) FILTER (WHERE night > $night - $recent_nights) AS agent_count
    FROM call_problem
    WHERE night BETWEEN $night - $recent_nights - $before_nights + 1 AND $night
    GROUP BY base, kind, problem_id, team
),

bases AS (
    SELECT
        base,
        coalesce(sum(recent_count) FILTER (WHERE $team IS NULL OR team = $team), 0) AS base_count,
        coalesce(sum(before_count) FILTER (WHERE $team IS NULL OR team = $team), 0) AS before_base_count,
        sum(recent_count) AS centre_base_count,
        count(team) FILTER (WHERE recent_count > 0) AS team_count
    FROM taken
    GROUP BY base
),

problems AS (
    SELECT
        base,
        kind,
        problem_id,
        min(phrase) AS phrase,
        arg_max(
            severity, CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END
        ) AS severity,
        coalesce(sum(recent_count) FILTER (WHERE $team IS NULL OR team = $team), 0) AS call_count,
        coalesce(sum(before_count) FILTER (WHERE $team IS NULL OR team = $team), 0) AS before_call_count,
        coalesce(sum(agent_count) FILTER (WHERE $team IS NULL OR team = $team), 0) AS agent_count,
        sum(recent_count) AS centre_call_count,
        count(team) FILTER (WHERE recent_count > 0) AS met_team_count
    FROM met
    GROUP BY base, kind, problem_id
)

SELECT
    problems.kind,
    problems.problem_id,
    problems.phrase,
    problems.severity,
    problems.base,
    problems.call_count::BIGINT AS call_count,
    bases.base_count::BIGINT AS base_count,
    problems.agent_count::BIGINT AS agent_count,
    (problems.centre_call_count - problems.call_count)::BIGINT AS others_call_count,
    (bases.centre_base_count - bases.base_count)::BIGINT AS others_base_count,
    problems.before_call_count::BIGINT AS before_call_count,
    bases.before_base_count::BIGINT AS before_base_count,
    problems.met_team_count,
    bases.team_count
FROM problems
INNER JOIN bases ON problems.base = bases.base
WHERE problems.call_count > 0
ORDER BY problems.kind ASC, problems.problem_id ASC;
