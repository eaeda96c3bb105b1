SELECT
    t.top_cause,
    t.sub_cause,
    COUNT(DISTINCT t.call_id) AS call_count
FROM cause_tag AS t
WHERE t.night = $night
GROUP BY GROUPING SETS ((t.top_cause), (t.top_cause, t.sub_cause))
HAVING GROUPING(t.sub_cause) = 1 OR t.sub_cause IS NOT NULL
ORDER BY call_count DESC, t.top_cause ASC, t.sub_cause ASC;
