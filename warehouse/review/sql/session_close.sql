DELETE FROM session WHERE token_digest = $token_digest;
