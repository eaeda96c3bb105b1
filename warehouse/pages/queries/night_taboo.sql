SELECT
    h.phrase_id,
    h.phrase,
    h.kind,
    h.severity,
    MAX(h.replacement) AS replacement,
    COUNT(*) AS hit_count,
    LIST(DISTINCT h.call_id ORDER BY h.call_id ASC) AS call_ids
FROM taboo_hit AS h
INNER JOIN call AS c ON h.call_id = c.call_id
WHERE h.night = $night AND NOT COALESCE(c.is_role_uncertain, FALSE)
GROUP BY h.phrase_id, h.phrase, h.kind, h.severity
ORDER BY hit_count DESC, h.phrase_id ASC;
