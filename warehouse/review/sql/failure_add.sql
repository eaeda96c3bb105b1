INSERT INTO login_failure (name_digest, failed_at) VALUES ($name_digest, $at);
