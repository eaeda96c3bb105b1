UPDATE ticket SET state = 'lapsed' WHERE name = $name AND state = 'open';
