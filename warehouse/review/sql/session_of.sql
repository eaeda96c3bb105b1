SELECT
    session.name,
    session.is_local,
    session.csrf,
    session.seen_at,
    account.roles,
    account.team
FROM session
LEFT JOIN account ON session.name = account.name AND session.is_local = 0
WHERE
    session.token_digest = $token_digest AND session.opened_at > $opened_since AND session.seen_at > $seen_since
    AND (session.is_local = 1 OR account.name IS NOT NULL);
