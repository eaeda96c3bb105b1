-- Silence and talk of calls by tier of dissatisfaction. 不同不满层级的通话，沉默和语速如何？
SELECT
    t.tier,
    count(DISTINCT t.call_id) AS calls,
    round(avg(s.value) FILTER (WHERE s.name = 'longest_silence_s'), 1) AS longest_silence_s,
    round(avg(s.value) FILTER (WHERE s.name = 'silence_ratio'), 2) AS silence_ratio,
    round(avg(s.value) FILTER (WHERE s.name = 'agent_chars_per_s'), 1) AS agent_chars_per_s
FROM tier AS t
INNER JOIN signal AS s ON t.call_id = s.call_id
GROUP BY t.tier
ORDER BY calls DESC, t.tier ASC;
