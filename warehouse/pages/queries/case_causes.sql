SELECT
    t.call_id,
    t.top_cause,
    t.sub_cause,
    t.source,
    MAX(t.confidence) AS confidence
FROM cause_tag AS t
WHERE t.call_id IN (SELECT UNNEST($call_ids))
GROUP BY t.call_id, t.top_cause, t.sub_cause, t.source
ORDER BY t.call_id ASC, confidence DESC, t.top_cause ASC, t.sub_cause ASC;
