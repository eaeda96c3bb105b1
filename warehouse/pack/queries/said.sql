-- What was said in the chosen clips that should be said otherwise, once per phrase.
SELECT
    taboo_hit.phrase_id,
    min(taboo_hit.phrase) AS phrase,
    min(taboo_hit.kind) AS kind,
    min(taboo_hit.replacement) AS replacement
FROM taboo_hit
INNER JOIN clip ON taboo_hit.call_id = clip.call_id
WHERE
    clip.case_id IN (SELECT unnest($case_ids))
    AND taboo_hit.confidence >= 0.5
    AND taboo_hit.start_s < clip.end_s
    AND taboo_hit.end_s > clip.start_s
GROUP BY taboo_hit.phrase_id
ORDER BY min(taboo_hit.start_s) ASC, taboo_hit.phrase_id ASC;
