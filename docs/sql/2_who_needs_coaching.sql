-- Which agents said what they must not say? 哪些坐席说了不该说的话？
SELECT
    c.team,
    c.agent_id,
    h.phrase,
    h.severity,
    count(*) AS hits
FROM taboo_hit AS h
INNER JOIN call AS c ON h.call_id = c.call_id
WHERE h.kind = 'forbidden'
GROUP BY c.team, c.agent_id, h.phrase, h.severity
ORDER BY hits DESC, c.team ASC, c.agent_id ASC, h.phrase ASC;
