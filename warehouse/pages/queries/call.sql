SELECT
    c.call_id,
    c.call_date,
    c.duration_s,
    c.line_of_business
FROM call AS c
WHERE c.call_id = $call_id;
