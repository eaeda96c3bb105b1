-- What was found in the turns of these calls, one row per span of evidence.
SELECT
    h.call_id,
    h.turn_index,
    h.char_start,
    h.char_end,
    h.start_s,
    CASE WHEN h.kind = 'sensitive' THEN 'sensitive' ELSE 'taboo' END AS kind,
    h.phrase AS label_id,
    h.replacement,
    NULL AS step,
    h.matched_text AS said,
    h.confidence
FROM taboo_hit AS h
WHERE h.call_id IN (SELECT UNNEST($call_ids))
UNION ALL
SELECT
    b.call_id,
    e.evidence.turn_index,
    e.evidence.char_start,
    e.evidence.char_end,
    e.evidence.start_s,
    CASE WHEN b.is_good THEN 'good' ELSE 'fault' END AS kind,
    b.behaviour AS label_id,
    '' AS replacement,
    b.step,
    e.evidence.text AS said,
    b.confidence
FROM behaviour AS b, UNNEST(b.evidence) AS e (evidence)
WHERE b.call_id IN (SELECT UNNEST($call_ids))
UNION ALL
SELECT
    t.call_id,
    e.evidence.turn_index,
    e.evidence.char_start,
    e.evidence.char_end,
    e.evidence.start_s,
    'cause' AS kind,
    COALESCE(t.sub_cause, t.top_cause) AS label_id,
    '' AS replacement,
    NULL AS step,
    e.evidence.text AS said,
    t.confidence
FROM cause_tag AS t, UNNEST(t.evidence) AS e (evidence)
WHERE t.call_id IN (SELECT UNNEST($call_ids))
UNION ALL
SELECT
    s.call_id,
    e.evidence.turn_index,
    e.evidence.char_start,
    e.evidence.char_end,
    e.evidence.start_s,
    'escalation' AS kind,
    s.kind AS label_id,
    '' AS replacement,
    NULL AS step,
    e.evidence.text AS said,
    s.confidence
FROM escalation AS s, UNNEST(s.evidence) AS e (evidence)
WHERE s.call_id IN (SELECT UNNEST($call_ids))
UNION ALL
SELECT
    c.call_id,
    e.evidence.turn_index,
    e.evidence.char_start,
    e.evidence.char_end,
    e.evidence.start_s,
    'sign' AS kind,
    c.sign AS label_id,
    '' AS replacement,
    NULL AS step,
    e.evidence.text AS said,
    c.confidence
FROM customer_sign AS c, UNNEST(c.evidence) AS e (evidence)
WHERE c.call_id IN (SELECT UNNEST($call_ids))
ORDER BY 1, 2, 3, 6, 7;
