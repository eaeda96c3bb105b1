-- check has_turn fail: 有记录指向不存在的轮次,或与该轮文字对不上
SELECT
    spoken_value.call_id,
    spoken_value.turn_index
FROM spoken_value
LEFT JOIN
    turn
    ON
        spoken_value.call_id = turn.call_id AND spoken_value.night = turn.night
        AND spoken_value.turn_index = turn.turn_index
WHERE
    spoken_value.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        turn.call_id IS NULL
        OR spoken_value.text
        != substring(turn.text, spoken_value.char_start + 1, spoken_value.char_end - spoken_value.char_start)
    );

-- check kind_is_known fail: kind 不在约定的取值之内
SELECT
    spoken_value.call_id,
    spoken_value.kind
FROM spoken_value
WHERE
    spoken_value.night IN (SELECT checked_night.night FROM checked_night)
    AND (spoken_value.kind NOT IN ('percent', 'money', 'date', 'time', 'number'));
