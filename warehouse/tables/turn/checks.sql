-- shared: has_call

-- check is_unique fail: 同一通话的同一轮次出现多次
SELECT
    turn.call_id,
    turn.turn_index,
    count(*) AS row_count
FROM turn
WHERE turn.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check role_is_known fail: role 不在约定的取值之内
SELECT
    turn.call_id,
    turn.role
FROM turn
WHERE
    turn.night IN (SELECT checked_night.night FROM checked_night)
    AND (turn.role NOT IN ('agent', 'customer', 'ivr', 'unknown'));

-- check is_in_range fail: 数值超出范围
SELECT
    turn.call_id,
    turn.turn_index
FROM turn
WHERE
    turn.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        turn.start_s < 0 OR turn.end_s < turn.start_s OR turn.gap_before_s < 0 OR turn.overlap_s < 0
        OR turn.turn_index < 0 OR turn.channel < 0 OR turn.role_confidence NOT BETWEEN 0 AND 1
    );

-- check starts_in_order fail: 轮次没有按开始时间排列
SELECT
    call_id,
    turn_index
FROM (
    SELECT
        turn.call_id,
        turn.turn_index,
        turn.start_s < lag(turn.start_s) OVER (PARTITION BY turn.call_id ORDER BY turn.turn_index) AS is_early
    FROM turn
    WHERE turn.night IN (SELECT checked_night.night FROM checked_night)
) AS ordered
WHERE is_early;

-- check ends_within_call warn: 轮次在录音结束之后
SELECT
    turn.call_id,
    turn.turn_index,
    turn.end_s,
    call.duration_s
FROM turn
INNER JOIN call ON turn.call_id = call.call_id
WHERE
    turn.night IN (SELECT checked_night.night FROM checked_night)
    AND turn.end_s > call.duration_s + 0.5;

-- check digits_are_masked fail: 文字中有 11 位以上的连续数字(阿拉伯数字或读出的数字)未遮盖
SELECT
    turn.call_id,
    turn.turn_index
FROM turn
WHERE
    turn.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        regexp_matches(turn.text, '[0-9０-９]{11}')
        OR regexp_matches(turn.text, '[〇零一二三四五六七八九幺]{11}')
    );

-- check words_join_to_text fail: 词拼接起来与该轮文字不同(可能漏掉遮盖)
SELECT
    joined.call_id,
    joined.turn_index
FROM (
    SELECT
        turn.call_id,
        turn.turn_index,
        turn.text,
        array_to_string([word.text FOR word IN turn.words], '') AS words_text
    FROM turn
    WHERE
        turn.night IN (SELECT checked_night.night FROM checked_night)
        AND len(turn.words) > 0
) AS joined
WHERE joined.words_text != joined.text;

-- check tokens_join_to_text fail: 分词拼接起来与该轮文字不同(可能漏掉遮盖)
SELECT
    turn.call_id,
    turn.turn_index
FROM turn
WHERE
    turn.night IN (SELECT checked_night.night FROM checked_night)
    AND len(turn.tokens) > 0
    AND array_to_string(turn.tokens, '') != turn.text;

-- check pinyin_fits_text fail: 拼音与文字不是逐字对应,或遮盖处有读音
SELECT
    turn.call_id,
    turn.turn_index
FROM turn
WHERE
    turn.night IN (SELECT checked_night.night FROM checked_night)
    AND len(turn.pinyin) > 0
    AND (
        len(turn.pinyin) != length(turn.text)
        OR length(replace(array_to_string(turn.pinyin, ''), '*', ''))
        != length(array_to_string(turn.pinyin, '')) - length(turn.text) + length(replace(turn.text, '*', ''))
    );
