SELECT
    t.call_id,
    t.turn_index,
    t.role,
    t.start_s,
    t.end_s,
    t.text,
    t.words,
    t.pinyin,
    t.gap_before_s,
    t.overlap_s,
    t.loudness_dbfs
FROM turn AS t
WHERE t.call_id IN (SELECT UNNEST($call_ids))
ORDER BY t.call_id, t.turn_index;
