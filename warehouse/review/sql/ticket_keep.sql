UPDATE ticket SET lapses_at = $lapses_at WHERE ticket_id = $ticket_id AND state = 'open';
