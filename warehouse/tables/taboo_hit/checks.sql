-- shared: has_call, confidence_is_in_range

-- check is_unique fail: 同一命中出现多次
SELECT
    taboo_hit.call_id,
    taboo_hit.turn_index,
    taboo_hit.phrase_id,
    taboo_hit.char_start,
    taboo_hit.char_end,
    count(*) AS row_count
FROM taboo_hit
WHERE taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check has_turn fail: 有记录指向不存在的轮次,或字符位置超出该轮文字
SELECT
    taboo_hit.call_id,
    taboo_hit.turn_index
FROM taboo_hit
LEFT JOIN
    turn
    ON taboo_hit.call_id = turn.call_id AND taboo_hit.night = turn.night AND taboo_hit.turn_index = turn.turn_index
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND (turn.call_id IS NULL OR taboo_hit.char_end > length(turn.text));

-- check kind_is_known fail: kind 不在约定的取值之内
SELECT
    taboo_hit.call_id,
    taboo_hit.kind
FROM taboo_hit
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND (taboo_hit.kind NOT IN ('forbidden', 'sensitive'));

-- check severity_is_known fail: severity 不在约定的取值之内
SELECT
    taboo_hit.call_id,
    taboo_hit.severity
FROM taboo_hit
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND (taboo_hit.severity NOT IN ('low', 'medium', 'high', 'critical'));

-- check family_is_known fail: family 不在约定的取值之内
SELECT
    taboo_hit.call_id,
    taboo_hit.family
FROM taboo_hit
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND taboo_hit.family IS NOT NULL
    AND taboo_hit.family NOT IN (
        'cold_refusal', 'passing_the_buck', 'questioning_back', 'impatience', 'belittling', 'sarcasm',
        'refusing_to_listen', 'insult', 'provoking', 'threat', 'putting_off', 'blind_promise', 'beyond_remit'
    );

-- check span_is_ordered fail: 起止位置颠倒或为负
SELECT
    taboo_hit.call_id,
    taboo_hit.start_s,
    taboo_hit.end_s
FROM taboo_hit
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        taboo_hit.start_s < 0 OR taboo_hit.end_s < taboo_hit.start_s OR taboo_hit.char_start < 0
        OR taboo_hit.char_end < taboo_hit.char_start
    );

-- check is_said_by_agent fail: 禁语命中不在坐席的话里
SELECT
    taboo_hit.call_id,
    taboo_hit.turn_index,
    turn.role
FROM taboo_hit
INNER JOIN turn
    ON taboo_hit.call_id = turn.call_id AND taboo_hit.night = turn.night AND taboo_hit.turn_index = turn.turn_index
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND turn.role != 'agent';

-- check text_fits_turn fail: 命中文字与该轮文字对不上
SELECT
    taboo_hit.call_id,
    taboo_hit.turn_index,
    taboo_hit.phrase_id
FROM taboo_hit
INNER JOIN turn
    ON taboo_hit.call_id = turn.call_id AND taboo_hit.night = turn.night AND taboo_hit.turn_index = turn.turn_index
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND NOT starts_with(
        taboo_hit.matched_text,
        substring(turn.text, taboo_hit.char_start + 1, taboo_hit.char_end - taboo_hit.char_start)
    );
