UPDATE ticket SET state = 'answering', opinion = $opinion WHERE ticket_id = $ticket_id AND state IN ('open', 'lapsed', 'skipped', 'answering');
