-- How many findings of each rule people judged, and how many of them they call wrong.
SELECT
    tagger,
    rule_id,
    sum(judged_count)::INTEGER AS judged_count,
    sum(wrong_count)::INTEGER AS wrong_count
FROM rule_precision
GROUP BY tagger, rule_id;
