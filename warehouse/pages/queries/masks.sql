SELECT
    m.turn_index,
    m.kind,
    m.char_start,
    m.char_end,
    m.start_s,
    m.end_s,
    m.is_time_exact
FROM pii_mask AS m
WHERE m.call_id = $call_id
ORDER BY m.turn_index, m.char_start, m.kind;
