SELECT target_id, stage, name, ticket_id FROM ticket WHERE state = 'open';
