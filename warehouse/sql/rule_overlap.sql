-- The three rules of the same tagger that fire most often on the turns of each rule.
WITH turn_hit AS (
    SELECT DISTINCT
        tagger,
        rule_id,
        call_id,
        turn_index
    FROM rule_hit
),

shared AS (
    SELECT
        one.tagger,
        one.rule_id,
        other.rule_id AS other_id,
        count(*)::INTEGER AS turn_count
    FROM turn_hit AS one
    INNER JOIN turn_hit AS other
        ON
            one.tagger = other.tagger
            AND one.call_id = other.call_id
            AND one.turn_index = other.turn_index
            AND one.rule_id <> other.rule_id
    GROUP BY one.tagger, one.rule_id, other.rule_id
)

SELECT
    tagger,
    rule_id,
    other_id,
    turn_count
FROM shared
QUALIFY row_number() OVER (PARTITION BY tagger, rule_id ORDER BY turn_count DESC, other_id ASC) <= 3
ORDER BY tagger ASC, rule_id ASC, turn_count DESC, other_id ASC;
