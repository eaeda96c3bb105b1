-- In which calls a problem could have been found at all: what problems are counted per 100 of.
-- Where it is not sure who the agent is, nothing is held against anybody: see role_review.
CREATE VIEW problem_base AS
WITH sure AS (
    SELECT
        call_id,
        night,
        call_date,
        team,
        agent_id
    FROM call
    WHERE NOT coalesce(is_role_uncertain, FALSE)
),

scored AS (
    SELECT sure.*
    FROM sure
    INNER JOIN handling_score ON sure.call_id = handling_score.call_id AND sure.night = handling_score.night
    WHERE handling_score.total IS NOT NULL
)

SELECT
    sure.*,
    'call' AS base
FROM sure
UNION ALL
SELECT
    scored.*,
    'scored_call' AS base
FROM scored
UNION ALL
SELECT
    scored.*,
    'dissatisfied_call' AS base
FROM scored
INNER JOIN tier ON scored.call_id = tier.call_id AND scored.night = tier.night
WHERE tier.tier != 'none';

COMMENT ON VIEW problem_base IS 'One row per call and kind of problem that can be found in it: the base of the problem tables. Calls whose roles are uncertain are left out';
COMMENT ON COLUMN problem_base.call_id IS 'Identity of the call';
COMMENT ON COLUMN problem_base.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN problem_base.call_date IS 'Local business day of the call';
COMMENT ON COLUMN problem_base.team IS 'Agent''s team; null when unknown';
COMMENT ON COLUMN problem_base.agent_id IS 'Agent''s job number or id; null when unknown';
COMMENT ON COLUMN problem_base.base IS 'call: any; scored_call: has a handling score; dissatisfied_call: has one and a tier other than none';
