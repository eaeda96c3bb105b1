UPDATE audit SET salt = NULL, call_id = NULL, target_id = NULL, detail = NULL WHERE call_id = $call_id;
