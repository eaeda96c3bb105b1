-- needs: problem_base, call_problem
-- A team's own problem table, week by week, beside the rest of the centre and the team's four weeks before.
CREATE VIEW team_problem AS
WITH floors AS (
    SELECT
        2 AS common_team_count,
        0.66 AS common_team_share,
        1.5 AS common_ratio
),

taken AS (
    SELECT
        team,
        base,
        date_trunc('week', call_date)::DATE AS week,
        count(*) AS base_count
    FROM problem_base
    GROUP BY team, base, date_trunc('week', call_date)
),

met AS (
    SELECT
        team,
        base,
        date_trunc('week', call_date)::DATE AS week,
        kind,
        problem_id,
        min(phrase) AS phrase,
        count(*) AS call_count,
        count(DISTINCT agent_id) AS agent_count
    FROM call_problem
    GROUP BY team, base, date_trunc('week', call_date), kind, problem_id
),

centre_taken AS (
    SELECT
        base,
        week,
        sum(base_count) AS base_count,
        count(team) AS team_count
    FROM taken
    GROUP BY base, week
),

centre_met AS (
    SELECT
        week,
        kind,
        problem_id,
        sum(call_count) AS call_count,
        count(team) AS team_count
    FROM met
    GROUP BY week, kind, problem_id
),

before_taken AS (
    SELECT
        taken.team,
        taken.base,
        taken.week,
        sum(earlier.base_count) AS base_count
    FROM taken
    INNER JOIN taken AS earlier
        ON
            taken.team IS NOT DISTINCT FROM earlier.team
            AND taken.base = earlier.base
            AND earlier.week BETWEEN taken.week - 28 AND taken.week - 7
    GROUP BY taken.team, taken.base, taken.week
),

before_met AS (
    SELECT
        met.team,
        met.week,
        met.kind,
        met.problem_id,
        sum(earlier.call_count) AS call_count
    FROM met
    INNER JOIN met AS earlier
        ON
            met.team IS NOT DISTINCT FROM earlier.team
            AND met.kind = earlier.kind
            AND met.problem_id = earlier.problem_id
            AND earlier.week BETWEEN met.week - 28 AND met.week - 7
    GROUP BY met.team, met.week, met.kind, met.problem_id
),

counted AS (
    SELECT
        met.team,
        met.week,
        met.kind,
        met.problem_id,
        met.phrase,
        met.base,
        met.agent_count,
        met.call_count,
        taken.base_count,
        100 * met.call_count / taken.base_count AS per_100_calls,
        100 * (centre_met.call_count - met.call_count)
        / nullif(centre_taken.base_count - taken.base_count, 0) AS others_per_100_calls,
        CASE
            WHEN before_taken.base_count > 0
                THEN 100 * coalesce(before_met.call_count, 0) / before_taken.base_count
        END AS before_per_100_calls,
        centre_met.team_count AS met_team_count,
        centre_taken.team_count
    FROM met
    INNER JOIN taken
        ON met.team IS NOT DISTINCT FROM taken.team AND met.base = taken.base AND met.week = taken.week
    INNER JOIN centre_taken ON met.base = centre_taken.base AND met.week = centre_taken.week
    INNER JOIN
        centre_met
        ON met.week = centre_met.week AND met.kind = centre_met.kind AND met.problem_id = centre_met.problem_id
    LEFT JOIN before_taken
        ON
            met.team IS NOT DISTINCT FROM before_taken.team
            AND met.base = before_taken.base
            AND met.week = before_taken.week
    LEFT JOIN before_met
        ON
            met.team IS NOT DISTINCT FROM before_met.team
            AND met.week = before_met.week
            AND met.kind = before_met.kind
            AND met.problem_id = before_met.problem_id
)

SELECT
    counted.team,
    counted.week,
    counted.kind,
    counted.problem_id,
    counted.phrase,
    counted.base,
    counted.agent_count,
    counted.call_count,
    counted.base_count::BIGINT AS base_count,
    counted.per_100_calls,
    counted.others_per_100_calls,
    CASE
        WHEN counted.others_per_100_calls > 0 THEN counted.per_100_calls / counted.others_per_100_calls
    END AS ratio,
    counted.before_per_100_calls,
    counted.per_100_calls - counted.before_per_100_calls AS trend_per_100_calls,
    counted.met_team_count,
    counted.team_count,
    counted.met_team_count >= floors.common_team_count
    AND counted.met_team_count >= floors.common_team_share * counted.team_count
    AND coalesce(counted.per_100_calls < floors.common_ratio * counted.others_per_100_calls, FALSE) AS is_common
FROM counted
CROSS JOIN floors;

COMMENT ON VIEW team_problem IS 'One row per team, week and problem that the team met in it: the team''s own problem table, beside the rest of the centre and the four weeks before. Rows with is_common make the common problem table';
COMMENT ON COLUMN team_problem.team IS 'Agent''s team; null for calls whose team is unknown, all together';
COMMENT ON COLUMN team_problem.week IS 'Monday of the week of call_date';
COMMENT ON COLUMN team_problem.kind IS 'forbidden, sensitive, fault, critical_error, cause, ability or step, see call_problem';
COMMENT ON COLUMN team_problem.problem_id IS 'Lexicon entry, behaviour, error, sub-cause, ability or step, by kind';
COMMENT ON COLUMN team_problem.phrase IS 'The phrase as the lexicon has it, Chinese; null for other kinds';
COMMENT ON COLUMN team_problem.base IS 'Which calls it is counted among, see problem_base';
COMMENT ON COLUMN team_problem.agent_count IS 'Different agents known by id who met it';
COMMENT ON COLUMN team_problem.call_count IS 'Calls with the problem';
COMMENT ON COLUMN team_problem.base_count IS 'Calls in which it could have been found';
COMMENT ON COLUMN team_problem.per_100_calls IS '100 * call_count / base_count, 0 to 100';
COMMENT ON COLUMN team_problem.others_per_100_calls IS 'The same of all other teams together; null when no other team took such calls';
COMMENT ON COLUMN team_problem.ratio IS 'per_100_calls / others_per_100_calls: above 1 the team meets it more often; null when the others never do';
COMMENT ON COLUMN team_problem.before_per_100_calls IS 'The team''s own rate in the four weeks before; null without such calls';
COMMENT ON COLUMN team_problem.trend_per_100_calls IS 'per_100_calls - before_per_100_calls: below 0 it grows rarer';
COMMENT ON COLUMN team_problem.met_team_count IS 'Known teams that met the problem in the week';
COMMENT ON COLUMN team_problem.team_count IS 'Known teams that took calls in which it could have been found';
COMMENT ON COLUMN team_problem.is_common IS 'Two thirds of the teams meet it, at least two, and this one less than 1.5 times as often as the others: a process or script fault rather than a matter for coaching';
