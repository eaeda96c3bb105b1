-- Everything that went wrong on a call, once per call however often it happened there.
CREATE VIEW call_problem AS
WITH floors AS (
    SELECT
        0.5 AS confidence,
        60.0 AS ability_score
),

severity_rank (severity, severity_place) AS (
    VALUES ('low', 1), ('medium', 2), ('high', 3), ('critical', 4)
),

steps (step, step_bit) AS (
    VALUES ('emotion', 1), ('diagnose', 2), ('propose', 4), ('accept', 8), ('close', 16)
),

sure AS (
    SELECT
        call_id,
        night,
        call_date,
        team,
        agent_id
    FROM call
    WHERE NOT coalesce(is_role_uncertain, FALSE)
),

-- The steps of a call as bits: much cheaper than one row per call and step.
shown AS (
    SELECT
        behaviour.call_id,
        behaviour.night,
        bit_or(steps.step_bit) AS step_bits
    FROM behaviour
    INNER JOIN steps ON behaviour.step = steps.step
    WHERE behaviour.is_good
    GROUP BY behaviour.call_id, behaviour.night
),

found AS (
    SELECT
        taboo_hit.call_id,
        taboo_hit.night,
        'call' AS base,
        taboo_hit.kind,
        taboo_hit.phrase_id AS problem_id,
        min(taboo_hit.phrase) AS phrase,
        arg_max(taboo_hit.severity, severity_rank.severity_place) AS severity
    FROM taboo_hit
    CROSS JOIN floors
    LEFT JOIN severity_rank ON taboo_hit.severity = severity_rank.severity
    WHERE taboo_hit.confidence >= floors.confidence
    GROUP BY taboo_hit.call_id, taboo_hit.night, taboo_hit.kind, taboo_hit.phrase_id
    UNION ALL
    SELECT DISTINCT
        behaviour.call_id,
        behaviour.night,
        'call' AS base,
        'fault' AS kind,
        behaviour.behaviour AS problem_id,
        NULL AS phrase,
        NULL AS severity
    FROM behaviour
    CROSS JOIN floors
    WHERE NOT behaviour.is_good AND behaviour.confidence >= floors.confidence
    UNION ALL
    SELECT DISTINCT
        critical_error.call_id,
        critical_error.night,
        'call' AS base,
        'critical_error' AS kind,
        critical_error.error AS problem_id,
        NULL AS phrase,
        NULL AS severity
    FROM critical_error
    CROSS JOIN floors
    WHERE critical_error.source = 'observed_on_call' AND critical_error.confidence >= floors.confidence
    UNION ALL
    SELECT DISTINCT
        cause_tag.call_id,
        cause_tag.night,
        'call' AS base,
        'cause' AS kind,
        coalesce(cause_tag.sub_cause, cause_tag.top_cause) AS problem_id,
        NULL AS phrase,
        NULL AS severity
    FROM cause_tag
    CROSS JOIN floors
    WHERE
        cause_tag.source = 'observed_on_call'
        AND cause_tag.top_cause IN ('skill', 'attitude')
        AND cause_tag.confidence >= floors.confidence
    UNION ALL
    SELECT
        rated.call_id,
        rated.night,
        'scored_call' AS base,
        'ability' AS kind,
        rated.ability AS problem_id,
        NULL AS phrase,
        NULL AS severity
    FROM (
        SELECT
            handling_score.call_id,
            handling_score.night,
            unnest([
                CASE WHEN handling_score.listening < floors.ability_score THEN 'listening' END,
                CASE WHEN handling_score.understanding < floors.ability_score THEN 'understanding' END,
                CASE WHEN handling_score.resolving < floors.ability_score THEN 'resolving' END,
                CASE WHEN handling_score.expression < floors.ability_score THEN 'expression' END,
                CASE WHEN handling_score.control < floors.ability_score THEN 'control' END,
                CASE WHEN handling_score.learning < floors.ability_score THEN 'learning' END,
                CASE WHEN handling_score.detail < floors.ability_score THEN 'detail' END
            ]) AS ability
        FROM handling_score
        CROSS JOIN floors
        WHERE handling_score.total IS NOT NULL
    ) AS rated
    WHERE rated.ability IS NOT NULL
    UNION ALL
    SELECT
        handled.call_id,
        handled.night,
        'dissatisfied_call' AS base,
        'step' AS kind,
        steps.step AS problem_id,
        NULL AS phrase,
        NULL AS severity
    FROM handling_score AS handled
    INNER JOIN tier ON handled.call_id = tier.call_id AND handled.night = tier.night
    LEFT JOIN shown ON handled.call_id = shown.call_id AND handled.night = shown.night
    CROSS JOIN steps
    WHERE
        handled.total IS NOT NULL
        AND tier.tier != 'none'
        AND coalesce(shown.step_bits, 0) & steps.step_bit = 0
)

SELECT
    found.call_id,
    found.night,
    sure.call_date,
    sure.team,
    sure.agent_id,
    found.base,
    found.kind,
    found.problem_id,
    found.phrase,
    found.severity
FROM found
INNER JOIN sure ON found.call_id = sure.call_id AND found.night = sure.night;

COMMENT ON VIEW call_problem IS 'One row per call and problem of its handling, however often it happened there. Findings less sure than 0.5 and calls whose roles are uncertain are left out';
COMMENT ON COLUMN call_problem.call_id IS 'Identity of the call';
COMMENT ON COLUMN call_problem.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN call_problem.call_date IS 'Local business day of the call';
COMMENT ON COLUMN call_problem.team IS 'Agent''s team; null when unknown';
COMMENT ON COLUMN call_problem.agent_id IS 'Agent''s job number or id; null when unknown';
COMMENT ON COLUMN call_problem.base IS 'Which calls it is counted among, see problem_base';
COMMENT ON COLUMN call_problem.kind IS 'forbidden or sensitive (a phrase said), fault (behaviour), critical_error, cause (skill or attitude, observed on the call), ability (scored below 60) or step (of the five, never shown to a dissatisfied customer)';
COMMENT ON COLUMN call_problem.problem_id IS 'Lexicon entry, behaviour, error, sub-cause, ability or step, by kind';
COMMENT ON COLUMN call_problem.phrase IS 'The phrase as the lexicon has it, Chinese; null for other kinds';
COMMENT ON COLUMN call_problem.severity IS 'Highest severity of the phrase: low, medium, high or critical; null for other kinds';
