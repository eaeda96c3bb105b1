SELECT
    s.call_id,
    s.ability,
    s.part,
    s.title,
    s.points,
    s.time_count
FROM score_part AS s
WHERE s.call_id IN (SELECT UNNEST($call_ids))
ORDER BY s.call_id ASC, s.ability ASC, s.points ASC, s.part ASC;
