SELECT entry_number, at, name, deed, call_id, target_id, detail
FROM audit
WHERE entry_number < $before AND ($who = '' OR name = $who) AND ($deed = '' OR deed = $deed)
ORDER BY entry_number DESC
LIMIT $row_count;
