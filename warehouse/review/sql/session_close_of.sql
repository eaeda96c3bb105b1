DELETE FROM session WHERE name = $name AND is_local = 0;
