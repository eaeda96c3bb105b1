SELECT
    turn_index,
    role,
    start_s,
    end_s,
    text
FROM turn
WHERE call_id = $call_id
ORDER BY turn_index;
