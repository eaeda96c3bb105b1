SELECT
    e.evidence.turn_index,
    e.evidence.char_start,
    e.evidence.char_end,
    e.evidence.start_s,
    e.evidence.end_s
FROM cause_tag AS t, unnest(t.evidence) AS e (evidence)
WHERE
    t.call_id = $call_id AND t.top_cause = $top_cause AND t.source = $source
    AND t.sub_cause IS NOT DISTINCT FROM $sub_cause
ORDER BY 4, 1, 2;
