SELECT
    turn_index,
    char_start,
    char_end,
    start_s,
    end_s
FROM taboo_hit
WHERE
    call_id = $call_id AND turn_index = $turn_index AND char_start = $char_start AND char_end = $char_end
    AND phrase_id = $phrase_id;
