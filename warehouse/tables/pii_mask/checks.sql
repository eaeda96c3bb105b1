-- shared: has_call

-- check has_turn fail: 有记录指向不存在的轮次,或字符位置超出该轮文字
SELECT
    pii_mask.call_id,
    pii_mask.turn_index
FROM pii_mask
LEFT JOIN
    turn
    ON pii_mask.call_id = turn.call_id AND pii_mask.night = turn.night AND pii_mask.turn_index = turn.turn_index
WHERE
    pii_mask.night IN (SELECT checked_night.night FROM checked_night)
    AND (turn.call_id IS NULL OR pii_mask.char_end > length(turn.text));

-- check span_is_ordered fail: 起止位置颠倒或为负
SELECT
    pii_mask.call_id,
    pii_mask.start_s,
    pii_mask.end_s
FROM pii_mask
WHERE
    pii_mask.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        pii_mask.start_s < 0 OR pii_mask.end_s < pii_mask.start_s OR pii_mask.char_start < 0
        OR pii_mask.char_end < pii_mask.char_start
    );

-- check kind_is_known fail: kind 不在约定的取值之内
SELECT
    pii_mask.call_id,
    pii_mask.kind
FROM pii_mask
WHERE
    pii_mask.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        pii_mask.kind NOT IN ('phone', 'id_number', 'bank_card', 'digits', 'name', 'address', 'email', 'plate', 'code')
    );

-- check is_masked fail: 记为已遮盖的位置仍有文字
SELECT
    pii_mask.call_id,
    pii_mask.turn_index,
    pii_mask.kind
FROM pii_mask
INNER JOIN turn
    ON pii_mask.call_id = turn.call_id AND pii_mask.night = turn.night AND pii_mask.turn_index = turn.turn_index
WHERE
    pii_mask.night IN (SELECT checked_night.night FROM checked_night)
    AND substring(turn.text, pii_mask.char_start + 1, pii_mask.char_end - pii_mask.char_start)
    != repeat('*', pii_mask.char_end - pii_mask.char_start);
