SELECT
    h.call_id AS "通话",
    h.turn_index AS "句",
    round(h.start_s, 1) AS "秒",
    h.phrase AS "禁语",
    h.matched_text AS "坐席原话",
    h.match AS "匹配",
    h.confidence AS "把握",
    h.replacement AS "换个说法"
FROM taboo_hit AS h
WHERE h.kind = 'forbidden'
ORDER BY h.confidence DESC, h.call_id ASC, h.turn_index ASC
LIMIT 3;
