-- How often each rule fired, and how often alone: no other rule of its tagger on the same turn.
WITH turn_hit AS (
    SELECT
        tagger,
        rule_id,
        call_id,
        turn_index,
        max(night) AS night
    FROM rule_hit
    GROUP BY tagger, rule_id, call_id, turn_index
),

crowded AS (
    SELECT
        tagger,
        rule_id,
        call_id,
        night,
        count(*) OVER (PARTITION BY tagger, call_id, turn_index) AS rule_count
    FROM turn_hit
)

SELECT
    tagger,
    rule_id,
    count(DISTINCT call_id)::INTEGER AS call_count,
    count(*)::INTEGER AS turn_count,
    count(*) FILTER (WHERE rule_count = 1)::INTEGER AS alone_count,
    max(night) AS last_night
FROM crowded
GROUP BY tagger, rule_id
ORDER BY tagger, rule_id;
