-- Per night and top cause: how many calls of the night had it; for the last nights that hold calls.
WITH recent AS (
    SELECT
        c.night,
        COUNT(*) AS call_count
    FROM call AS c
    GROUP BY c.night
    ORDER BY c.night DESC
    LIMIT $night_count
)

SELECT
    r.night,
    r.call_count AS night_call_count,
    t.top_cause,
    COUNT(DISTINCT t.call_id) AS call_count
FROM recent AS r
INNER JOIN cause_tag AS t ON r.night = t.night
GROUP BY r.night, r.call_count, t.top_cause
ORDER BY r.night ASC, t.top_cause ASC;
