UPDATE session SET seen_at = $at WHERE token_digest = $token_digest;
