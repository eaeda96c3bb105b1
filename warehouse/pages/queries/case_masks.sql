SELECT
    m.call_id,
    m.turn_index,
    m.start_s,
    m.end_s
FROM pii_mask AS m
WHERE m.call_id IN (SELECT UNNEST($call_ids))
ORDER BY m.call_id, m.start_s;
