-- check has_call fail: 有记录不属于任何通话
SELECT
    critical_error.call_id,
    critical_error.night
FROM critical_error
ANTI JOIN
    call
    ON critical_error.call_id = call.call_id AND critical_error.night = call.night AND critical_error.call_date = call.call_date
WHERE critical_error.night IN (SELECT checked_night.night FROM checked_night);

-- check kind_is_known fail: kind 不在约定的取值之内
SELECT
    critical_error.call_id,
    critical_error.kind
FROM critical_error
WHERE
    critical_error.night IN (SELECT checked_night.night FROM checked_night)
    AND (critical_error.kind NOT IN ('money_at_risk', 'customer_delayed'));

-- check source_is_known fail: source 不在约定的取值之内
SELECT
    critical_error.call_id,
    critical_error.source
FROM critical_error
WHERE
    critical_error.night IN (SELECT checked_night.night FROM checked_night)
    AND (critical_error.source NOT IN ('observed_on_call', 'customer_stated'));

-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    critical_error.call_id,
    critical_error.confidence
FROM critical_error
WHERE
    critical_error.night IN (SELECT checked_night.night FROM checked_night)
    AND (critical_error.confidence NOT BETWEEN 0 AND 1);

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        critical_error.call_id,
        critical_error.night,
        unnest(critical_error.evidence) AS evidence
    FROM critical_error
    WHERE critical_error.night IN (SELECT checked_night.night FROM checked_night)
) AS found
LEFT JOIN turn
    ON found.call_id = turn.call_id AND found.night = turn.night AND found.evidence.turn_index = turn.turn_index
WHERE
    turn.call_id IS NULL
    OR found.evidence.char_start < 0
    OR found.evidence.char_end < found.evidence.char_start
    OR found.evidence.end_s < found.evidence.start_s
    OR found.evidence.text
    IS DISTINCT FROM substring(
        turn.text, found.evidence.char_start + 1, found.evidence.char_end - found.evidence.char_start
    );

-- check has_evidence fail: 有结论没有依据
SELECT critical_error.call_id
FROM critical_error
WHERE
    critical_error.night IN (SELECT checked_night.night FROM checked_night)
    AND (len(critical_error.evidence) = 0);
