SELECT
    e.call_id,
    e.kind,
    e.body,
    e.evidence[1].text AS said,
    e.evidence[1].start_s AS start_s,
    c.team
FROM escalation AS e
INNER JOIN call AS c ON e.call_id = c.call_id
WHERE e.night = $night AND LEN(e.evidence) > 0
ORDER BY e.kind ASC, e.confidence DESC, e.call_id ASC, start_s ASC;
