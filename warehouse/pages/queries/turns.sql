SELECT
    t.turn_index,
    t.channel,
    t.role,
    t.role_confidence,
    t.start_s,
    t.end_s,
    t.text,
    t.words,
    t.pinyin,
    t.tokens,
    t.gap_before_s,
    t.overlap_s,
    t.loudness_dbfs
FROM turn AS t
WHERE t.call_id = $call_id
ORDER BY t.turn_index;
