SELECT
    s.call_id,
    s.total,
    s.listening,
    s.understanding,
    s.resolving,
    s.expression,
    s.control,
    s.learning,
    s.detail
FROM handling_score AS s
WHERE s.call_id IN (SELECT UNNEST($call_ids));
