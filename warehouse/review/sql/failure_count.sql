SELECT count(*) AS failure_count FROM login_failure WHERE name_digest = $name_digest AND failed_at > $since;
