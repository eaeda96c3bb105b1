-- check is_unique fail: 同一通话的同一原因出现多次
SELECT
    cause_tag.call_id,
    cause_tag.top_cause,
    cause_tag.sub_cause,
    cause_tag.source,
    count(*) AS row_count
FROM cause_tag
WHERE cause_tag.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check has_call fail: 有记录不属于任何通话
SELECT
    cause_tag.call_id,
    cause_tag.night
FROM cause_tag
ANTI JOIN
    call
    ON cause_tag.call_id = call.call_id AND cause_tag.night = call.night AND cause_tag.call_date = call.call_date
WHERE cause_tag.night IN (SELECT checked_night.night FROM checked_night);

-- check top_cause_is_known fail: top_cause 不在约定的取值之内
SELECT
    cause_tag.call_id,
    cause_tag.top_cause
FROM cause_tag
WHERE
    cause_tag.night IN (SELECT checked_night.night FROM checked_night)
    AND (cause_tag.top_cause NOT IN ('fees', 'skill', 'attitude', 'process', 'product', 'other'));

-- check source_is_known fail: source 不在约定的取值之内
SELECT
    cause_tag.call_id,
    cause_tag.source
FROM cause_tag
WHERE
    cause_tag.night IN (SELECT checked_night.night FROM checked_night)
    AND (cause_tag.source NOT IN ('customer_stated', 'observed_on_call'));

-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    cause_tag.call_id,
    cause_tag.confidence
FROM cause_tag
WHERE
    cause_tag.night IN (SELECT checked_night.night FROM checked_night)
    AND (cause_tag.confidence NOT BETWEEN 0 AND 1);

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        cause_tag.call_id,
        cause_tag.night,
        unnest(cause_tag.evidence) AS evidence
    FROM cause_tag
    WHERE cause_tag.night IN (SELECT checked_night.night FROM checked_night)
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
SELECT cause_tag.call_id
FROM cause_tag
WHERE
    cause_tag.night IN (SELECT checked_night.night FROM checked_night)
    AND (len(cause_tag.evidence) = 0);
