UPDATE ticket SET state = 'skipped' WHERE ticket_id = $ticket_id AND name = $name AND state IN ('open', 'lapsed');
