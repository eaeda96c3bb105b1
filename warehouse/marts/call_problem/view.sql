-- needs: problem_base
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

steps (step) AS (
    VALUES ('emotion'), ('diagnose'), ('propose'), ('accept'), ('close')
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
        UNPIVOT (
            SELECT
                call_id,
                night,
                listening,
                understanding,
                resolving,
                expression,
                control,
                learning,
                detail
            FROM handling_score
        )
        ON listening, understanding, resolving, expression, control, learning, detail
        INTO NAME ability VALUE score
    ) AS rated
    CROSS JOIN floors
    WHERE rated.score < floors.ability_score
    UNION ALL
    SELECT
        handled.call_id,
        handled.night,
        handled.base,
        'step' AS kind,
        steps.step AS problem_id,
        NULL AS phrase,
        NULL AS severity
    FROM problem_base AS handled
    CROSS JOIN steps
    ANTI JOIN behaviour AS shown
        ON
            handled.call_id = shown.call_id
            AND handled.night = shown.night
            AND steps.step = shown.step
            AND shown.is_good
    WHERE handled.base = 'dissatisfied_call'
)

SELECT
    problem_base.call_id,
    problem_base.night,
    problem_base.call_date,
    problem_base.team,
    problem_base.agent_id,
    problem_base.base,
    found.kind,
    found.problem_id,
    found.phrase,
    found.severity
FROM found
INNER JOIN problem_base
    ON found.call_id = problem_base.call_id AND found.night = problem_base.night AND found.base = problem_base.base;

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
