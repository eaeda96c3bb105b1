-- Why did customers complain, and what did agents do wrong? 客户为什么不满？
SELECT
    t.top_cause,
    t.sub_cause,
    t.source,
    count(DISTINCT t.call_id) AS calls,
    round(count(DISTINCT t.call_id) / (SELECT count(*) FROM call), 2) AS share_of_calls
FROM cause_tag AS t
GROUP BY t.top_cause, t.sub_cause, t.source
ORDER BY calls DESC, t.top_cause ASC, t.sub_cause ASC
LIMIT 8;
