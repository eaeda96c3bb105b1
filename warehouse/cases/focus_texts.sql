-- What agent and customer say in the moments worth hearing: $call_ids with $starts_s and $ends_s, item by item.
WITH moment AS (
    SELECT
        UNNEST($call_ids) AS call_id,
        UNNEST($starts_s) AS start_s,
        UNNEST($ends_s) AS end_s
)

SELECT
    m.call_id,
    STRING_AGG(t.text, ' ' ORDER BY t.turn_index) AS text
FROM moment AS m
INNER JOIN turn AS t ON m.call_id = t.call_id AND m.end_s >= t.start_s AND m.start_s <= t.end_s
WHERE t.night IN (SELECT UNNEST($nights)) AND t.role IN ('agent', 'customer')
GROUP BY m.call_id;
