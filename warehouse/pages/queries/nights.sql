-- The last nights, newest first: how many calls, how many of them dissatisfied, hits and escalations.
WITH hits AS (
    SELECT
        t.call_id,
        COUNT(*) AS hit_count
    FROM taboo_hit AS t
    INNER JOIN call AS s ON t.call_id = s.call_id
    WHERE t.kind = 'forbidden' AND NOT COALESCE(s.is_role_uncertain, FALSE)
    GROUP BY t.call_id
),

escalated AS (
    SELECT DISTINCT e.call_id
    FROM escalation AS e
)

SELECT
    c.night,
    COUNT(*) AS call_count,
    COUNT(*) FILTER (WHERE g.tier != 'none') AS dissatisfied_count,
    COUNT(*) FILTER (WHERE g.tier = 'formal') AS formal_count,
    COUNT(*) FILTER (WHERE x.call_id IS NOT NULL) AS escalated_count,
    COALESCE(SUM(h.hit_count), 0)::BIGINT AS taboo_count,
    COALESCE(SUM(c.duration_s), 0) AS audio_s
FROM call AS c
LEFT JOIN tier AS g ON c.call_id = g.call_id
LEFT JOIN hits AS h ON c.call_id = h.call_id
LEFT JOIN escalated AS x ON c.call_id = x.call_id
GROUP BY c.night
ORDER BY c.night DESC
LIMIT $night_count;
