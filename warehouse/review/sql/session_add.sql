INSERT INTO session (token_digest, name, is_local, csrf, opened_at, seen_at) VALUES ($token_digest, $name, $is_local, $csrf, $at, $at);
