-- What cases are about and what can be heard in their clips: one row per case and trait. A missed step and a low
-- ability have no place in the call, and what the customer complains of colours all of it: they hold for the call.
-- $first_night and $last_night bound the nights of the calls, so that no other night is read.
WITH clips AS (
    SELECT
        case_id,
        call_id,
        start_s,
        end_s
    FROM clip
    WHERE case_id IN (SELECT unnest($case_ids))
),

found AS (
    SELECT
        call_id,
        'problem' AS trait,
        kind,
        [phrase_id] AS names,
        start_s,
        end_s
    FROM taboo_hit
    WHERE confidence >= 0.5 AND night BETWEEN $first_night AND $last_night
    UNION ALL
    SELECT
        call_id,
        CASE WHEN is_good THEN 'shown' ELSE 'problem' END AS trait,
        CASE WHEN NOT is_good THEN 'fault' END AS kind,
        CASE WHEN is_good THEN [behaviour, step] ELSE [behaviour] END AS names,
        evidence[1].start_s AS start_s,
        evidence[1].end_s AS end_s
    FROM behaviour
    WHERE confidence >= 0.5 AND night BETWEEN $first_night AND $last_night
    UNION ALL
    SELECT
        call_id,
        'problem' AS trait,
        'critical_error' AS kind,
        [error] AS names,
        evidence[1].start_s AS start_s,
        evidence[1].end_s AS end_s
    FROM critical_error
    WHERE
        source = 'observed_on_call'
        AND confidence >= 0.5
        AND night BETWEEN $first_night AND $last_night
    UNION ALL
    SELECT
        call_id,
        'problem' AS trait,
        'cause' AS kind,
        [coalesce(sub_cause, top_cause)] AS names,
        evidence[1].start_s AS start_s,
        evidence[1].end_s AS end_s
    FROM cause_tag
    WHERE
        source = 'observed_on_call'
        AND top_cause IN ('skill', 'attitude')
        AND confidence >= 0.5
        AND night BETWEEN $first_night AND $last_night
    UNION ALL
    SELECT
        call_id,
        'cause' AS trait,
        NULL AS kind,
        [top_cause, sub_cause] AS names,
        0.0 AS start_s,
        'infinity'::DOUBLE AS end_s
    FROM cause_tag
    WHERE
        source = 'customer_stated'
        AND confidence >= 0.5
        AND night BETWEEN $first_night AND $last_night
    UNION ALL
    SELECT
        call_id,
        'problem' AS trait,
        kind,
        [problem_id] AS names,
        0.0 AS start_s,
        'infinity'::DOUBLE AS end_s
    FROM call_problem
    WHERE kind IN ('ability', 'step') AND night BETWEEN $first_night AND $last_night
)

SELECT DISTINCT
    clips.case_id,
    found.trait,
    found.kind,
    unnest(found.names) AS name
FROM clips
INNER JOIN found
    ON clips.call_id = found.call_id AND clips.end_s > found.start_s AND clips.start_s < found.end_s;
