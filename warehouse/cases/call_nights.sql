SELECT
    c.call_id,
    c.night
FROM call AS c
WHERE c.call_id IN (SELECT UNNEST($call_ids));
