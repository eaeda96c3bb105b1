SELECT
    c.call_id,
    c.call_date,
    c.duration_s,
    c.line_of_business,
    c.agent_id,
    c.recording_digest
FROM call AS c
WHERE c.call_id = $call_id;
