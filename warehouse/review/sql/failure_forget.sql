DELETE FROM login_failure WHERE name_digest = $name_digest OR failed_at <= $since;
