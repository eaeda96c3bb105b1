SELECT * FROM ticket WHERE ticket_id = $ticket_id AND name = $name;
