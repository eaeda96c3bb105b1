SELECT * FROM audit WHERE entry_number > $after ORDER BY entry_number LIMIT $row_count;
