SELECT * FROM ticket WHERE state = 'answering' ORDER BY handed_at, ticket_id;
