-- Calls of one night in which the customer is good to the agent: praises, comforts, waits patiently.
-- $night: date of the drop folder. $candidates: most calls wanted. Focus: the kindest sentence and what is near it.
WITH heard AS (
    SELECT
        c.call_id,
        COALESCE(g.tier, 'none') = 'none'
        AND NOT EXISTS (
            SELECT 1 FROM customer_sign AS s
            WHERE s.call_id = c.call_id AND s.sign = 'worried' AND s.confidence >= $confidence
        ) AS is_at_ease
    FROM call AS c
    LEFT JOIN tier AS g ON c.call_id = g.call_id
    WHERE
        c.night = $night
        AND c.role_confidence >= $role_confidence
        AND COALESCE(g.tier, 'none') != 'formal'
        AND NOT EXISTS (
            SELECT 1 FROM turn AS t
            WHERE t.call_id = c.call_id AND t.night = c.night AND t.role = 'unknown'
        )
        AND NOT EXISTS (
            SELECT 1 FROM escalation AS e
            WHERE e.call_id = c.call_id AND e.confidence >= $confidence
        )
        AND NOT EXISTS (
            SELECT 1 FROM taboo_hit AS h
            WHERE h.call_id = c.call_id AND h.confidence >= $confidence
        )
),

signs AS (
    SELECT
        s.call_id,
        s.sign,
        CASE s.sign WHEN 'consideration' THEN 5.0 WHEN 'praise' THEN 4.0 WHEN 'patience' THEN 2.0 ELSE 1.0 END
        * s.confidence AS weight,
        s.evidence[1].start_s AS start_s,
        s.evidence[1].end_s AS end_s,
        s.evidence[1].text AS said
    FROM customer_sign AS s
    INNER JOIN heard AS h ON s.call_id = h.call_id
    WHERE
        s.night = $night
        AND s.sign IN ('consideration', 'praise', 'patience', 'thanks')
        AND s.confidence >= $confidence
        AND LEN(s.evidence) > 0
),

-- Said again, a kind word weighs half as much each time.
kinds AS (
    SELECT
        s.call_id,
        s.sign,
        COUNT(*) AS time_count,
        MAX(s.weight) * (2.0 - POWER(0.5, COUNT(*) - 1)) AS points
    FROM signs AS s
    GROUP BY s.call_id, s.sign
),

-- A worried or dissatisfied customer's praise is told in the library of services that touched customers.
touching AS (
    SELECT
        k.call_id,
        SUM(k.points) AS score,
        LIST(
            { 'kind': 'customer_sign', 'label_id': k.sign, 'value': k.time_count, 'points': k.points }
            ORDER BY k.points DESC, k.sign ASC
        ) AS why,
        STRING_AGG('{customer_sign:' || k.sign || '}', '、' ORDER BY k.points DESC, k.sign ASC) AS shown
    FROM kinds AS k
    INNER JOIN heard AS h ON k.call_id = h.call_id
    GROUP BY k.call_id
    HAVING
        BOOL_OR(k.sign = 'consideration')
        OR BOOL_OR(k.sign = 'praise' AND h.is_at_ease)
        OR (BOOL_OR(k.sign = 'patience') AND BOOL_OR(k.sign = 'thanks'))
),

peak AS (
    SELECT s.*
    FROM signs AS s
    QUALIFY ROW_NUMBER() OVER (PARTITION BY s.call_id ORDER BY s.weight DESC, s.start_s ASC, s.sign ASC) = 1
),

span AS (
    SELECT
        p.call_id,
        MIN(s.start_s) AS focus_start_s,
        MAX(s.end_s) AS focus_end_s
    FROM peak AS p
    INNER JOIN signs AS s
        ON
            p.call_id = s.call_id
            AND p.start_s - $near_before_s <= s.start_s
            AND p.end_s + $near_after_s >= s.end_s
    GROUP BY p.call_id
)

SELECT
    t.call_id,
    t.score,
    n.focus_start_s,
    n.focus_end_s,
    NULL AS pair_key,
    NULL AS side,
    'customer_sign:' || p.sign AS matter,
    t.why,
    '客户' || t.shown || '：「' || p.said || '」' AS reason
FROM touching AS t
INNER JOIN peak AS p ON t.call_id = p.call_id
INNER JOIN span AS n ON t.call_id = n.call_id
ORDER BY t.score DESC, t.call_id ASC
LIMIT $candidates;
