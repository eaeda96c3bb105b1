-- check is_unique warn: 同一通话的同一客户类型出现多次
SELECT
    customer_type.call_id,
    customer_type.customer_type,
    count(*) AS row_count
FROM customer_type
WHERE customer_type.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check has_call fail: 有记录不属于任何通话
SELECT
    customer_type.call_id,
    customer_type.night
FROM customer_type
ANTI JOIN
    call
    ON
        customer_type.call_id = call.call_id
        AND customer_type.night = call.night
        AND customer_type.call_date = call.call_date
WHERE customer_type.night IN (SELECT checked_night.night FROM checked_night);

-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    customer_type.call_id,
    customer_type.confidence
FROM customer_type
WHERE
    customer_type.night IN (SELECT checked_night.night FROM checked_night)
    AND (customer_type.confidence NOT BETWEEN 0 AND 1);

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        customer_type.call_id,
        customer_type.night,
        unnest(customer_type.evidence) AS evidence
    FROM customer_type
    WHERE customer_type.night IN (SELECT checked_night.night FROM checked_night)
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
SELECT customer_type.call_id
FROM customer_type
WHERE
    customer_type.night IN (SELECT checked_night.night FROM checked_night)
    AND (len(customer_type.evidence) = 0);

-- check background_is_known fail: background 不在约定的取值之内
SELECT
    customer_type.call_id,
    customer_type.background
FROM customer_type
WHERE
    customer_type.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        customer_type.background NOT IN ('press', 'government', 'lawyer', 'discipline_inspection', 'online_media')
        OR (customer_type.background IS NOT NULL AND customer_type.customer_type != 'special_background')
    );
