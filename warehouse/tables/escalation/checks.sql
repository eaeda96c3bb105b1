-- check has_call fail: 有记录不属于任何通话
SELECT
    escalation.call_id,
    escalation.night
FROM escalation
ANTI JOIN
    call
    ON escalation.call_id = call.call_id AND escalation.night = call.night AND escalation.call_date = call.call_date
WHERE escalation.night IN (SELECT checked_night.night FROM checked_night);

-- check kind_is_known fail: kind 不在约定的取值之内
SELECT
    escalation.call_id,
    escalation.kind
FROM escalation
WHERE
    escalation.night IN (SELECT checked_night.night FROM checked_night)
    AND (escalation.kind NOT IN ('supervisor', 'regulator_or_media'));

-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    escalation.call_id,
    escalation.confidence
FROM escalation
WHERE
    escalation.night IN (SELECT checked_night.night FROM checked_night)
    AND (escalation.confidence NOT BETWEEN 0 AND 1);

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        escalation.call_id,
        escalation.night,
        unnest(escalation.evidence) AS evidence
    FROM escalation
    WHERE escalation.night IN (SELECT checked_night.night FROM checked_night)
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
SELECT escalation.call_id
FROM escalation
WHERE
    escalation.night IN (SELECT checked_night.night FROM checked_night)
    AND (len(escalation.evidence) = 0);
