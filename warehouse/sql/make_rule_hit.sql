-- Where each rule fired, one row per rule and stretch of a turn, nights $first to $last.
CREATE OR REPLACE TEMP TABLE rule_hit AS
WITH told AS (
    SELECT
        'causes' AS tagger,
        call_id,
        night,
        top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM cause_tag
    UNION ALL
    SELECT
        'behaviour' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        is_good,
        unnest(evidence) AS evidence
    FROM behaviour
    UNION ALL
    SELECT
        'customer' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM tier
    UNION ALL
    SELECT
        'customer' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM escalation
    UNION ALL
    SELECT
        'customer' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM customer_type
    UNION ALL
    SELECT
        'customer' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM motive
    UNION ALL
    SELECT
        'customer' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM customer_sign
    UNION ALL
    SELECT
        'handling' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM critical_error
    UNION ALL
    SELECT
        'handling' AS tagger,
        call_id,
        night,
        NULL AS top_cause,
        FALSE AS is_good,
        unnest(evidence) AS evidence
    FROM score_part
)

SELECT DISTINCT
    told.tagger,
    told.evidence.rule_id,
    told.call_id,
    told.night,
    told.evidence.turn_index,
    told.evidence.char_start,
    told.evidence.char_end,
    told.top_cause,
    told.is_good
FROM told
WHERE told.night BETWEEN $first AND $last
UNION ALL
SELECT DISTINCT
    'taboo' AS tagger,
    taboo_hit.phrase_id AS rule_id,
    taboo_hit.call_id,
    taboo_hit.night,
    taboo_hit.turn_index,
    taboo_hit.char_start,
    taboo_hit.char_end,
    NULL AS top_cause,
    FALSE AS is_good
FROM taboo_hit
WHERE taboo_hit.night BETWEEN $first AND $last;
