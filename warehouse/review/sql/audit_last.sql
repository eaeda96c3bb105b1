SELECT entry_number, chain FROM audit ORDER BY entry_number DESC LIMIT 1;
