DELETE FROM ticket WHERE call_id = $call_id;
