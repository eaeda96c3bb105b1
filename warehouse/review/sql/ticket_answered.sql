UPDATE ticket SET state = 'answered', answer = $answer, target = NULL, opinion = NULL WHERE ticket_id = $ticket_id;
