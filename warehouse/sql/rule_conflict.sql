-- Turns on which a rule contradicts another: causes of different top causes on the same words, or a taboo
-- phrase on a turn that also counts as good handling.
WITH conflict AS (
    SELECT DISTINCT
        one.tagger,
        one.rule_id,
        one.call_id,
        one.turn_index
    FROM rule_hit AS one
    INNER JOIN rule_hit AS other
        ON
            one.tagger = 'causes'
            AND other.tagger = 'causes'
            AND one.call_id = other.call_id
            AND one.turn_index = other.turn_index
            AND one.top_cause <> other.top_cause
            AND one.char_start < other.char_end
            AND one.char_end > other.char_start
    UNION
    SELECT DISTINCT
        one.tagger,
        one.rule_id,
        one.call_id,
        one.turn_index
    FROM rule_hit AS one
    INNER JOIN rule_hit AS other
        ON
            one.call_id = other.call_id
            AND one.turn_index = other.turn_index
            AND (
                (one.tagger = 'taboo' AND other.tagger = 'behaviour' AND other.is_good)
                OR (one.tagger = 'behaviour' AND one.is_good AND other.tagger = 'taboo')
            )
)

SELECT
    tagger,
    rule_id,
    count(*)::INTEGER AS turn_count
FROM conflict
GROUP BY tagger, rule_id;
