-- Calls of one night that a worried or dissatisfied customer ends with warm thanks, because the agent did more than
-- was asked.
-- $night: date of the drop folder. $candidates: most calls wanted. Focus: what the agent did, up to the thanks.
WITH heard AS (
    SELECT c.call_id
    FROM call AS c
    WHERE
        c.night = $night
        AND c.role_confidence >= $role_confidence
        AND NOT EXISTS (
            SELECT 1 FROM turn AS t
            WHERE t.call_id = c.call_id AND t.night = c.night AND t.role = 'unknown'
        )
        AND NOT EXISTS (
            SELECT 1 FROM handling_score AS q
            WHERE q.call_id = c.call_id AND q.total < $min_total
        )
        AND NOT EXISTS (
            SELECT 1 FROM critical_error AS k
            WHERE k.call_id = c.call_id AND k.source = 'observed_on_call' AND k.confidence >= $confidence
        )
        AND NOT EXISTS (
            SELECT 1 FROM taboo_hit AS h
            WHERE h.call_id = c.call_id AND h.confidence >= $confidence
        )
),

-- How the customer came: worried, or dissatisfied.
moods AS (
    SELECT
        s.call_id,
        'customer_sign' AS kind,
        s.sign AS label_id,
        3.0 * s.confidence AS points,
        s.evidence[1].start_s AS start_s
    FROM customer_sign AS s
    INNER JOIN heard AS h ON s.call_id = h.call_id
    WHERE s.night = $night AND s.sign = 'worried' AND s.confidence >= $confidence AND LEN(s.evidence) > 0
    UNION ALL
    SELECT
        g.call_id,
        'tier' AS kind,
        g.tier AS label_id,
        CASE g.tier WHEN 'latent' THEN 3.0 ELSE 4.0 END * g.confidence AS points,
        e.evidence.start_s
    FROM tier AS g
    INNER JOIN heard AS h ON g.call_id = h.call_id
    CROSS JOIN UNNEST(g.evidence) AS e (evidence)
    WHERE g.night = $night AND g.tier != 'none' AND g.confidence >= $confidence
),

unrest AS (
    SELECT
        m.call_id,
        MIN(m.start_s) AS first_s,
        MAX(m.start_s) AS last_s,
        ARG_MAX('{' || m.kind || ':' || m.label_id || '}', m.points) AS mood
    FROM moods AS m
    GROUP BY m.call_id
),

-- How the customer leaves: only what comes after the last worry or complaint.
warm AS (
    SELECT
        s.call_id,
        s.sign,
        s.confidence,
        CASE s.sign WHEN 'praise' THEN 4.0 WHEN 'thanks' THEN 3.0 ELSE 2.0 END * s.confidence AS points,
        s.evidence[1].start_s AS start_s,
        s.evidence[1].end_s AS end_s,
        s.evidence[1].text AS said
    FROM customer_sign AS s
    INNER JOIN unrest AS u ON s.call_id = u.call_id
    WHERE
        s.night = $night
        AND s.sign IN ('thanks', 'praise', 'relieved', 'consideration')
        AND s.confidence >= $confidence
        AND LEN(s.evidence) > 0
        AND s.evidence[1].start_s > u.last_s
),

-- What the agent did between the two that goes beyond answering.
beyond AS (
    SELECT
        b.call_id,
        b.behaviour,
        b.confidence,
        b.evidence[1].start_s AS start_s,
        b.evidence[1].end_s AS end_s
    FROM behaviour AS b
    INNER JOIN unrest AS u ON b.call_id = u.call_id
    WHERE
        b.night = $night
        AND b.is_good
        AND b.behaviour IN ('empathy', 'ownership', 'follow_up', 'call_back', 'willingness')
        AND b.confidence >= $confidence
        AND LEN(b.evidence) > 0
        AND b.evidence[1].start_s >= u.first_s
),

points AS (
    SELECT
        m.call_id,
        1 AS place,
        m.kind,
        m.label_id,
        MAX(m.points) AS points
    FROM moods AS m
    GROUP BY m.call_id, m.kind, m.label_id
    UNION ALL
    SELECT
        w.call_id,
        2 AS place,
        'customer_sign' AS kind,
        w.sign AS label_id,
        MAX(w.points) AS points
    FROM warm AS w
    GROUP BY w.call_id, w.sign
    UNION ALL
    SELECT
        b.call_id,
        3 AS place,
        'behaviour' AS kind,
        b.behaviour AS label_id,
        1.5 * MAX(b.confidence) AS points
    FROM beyond AS b
    GROUP BY b.call_id, b.behaviour
),

scored AS (
    SELECT
        p.call_id,
        SUM(p.points) AS score,
        LIST(
            { 'kind': p.kind, 'label_id': p.label_id, 'value': NULL, 'points': p.points }
            ORDER BY p.place ASC, p.points DESC, p.label_id ASC
        ) AS why
    FROM points AS p
    GROUP BY p.call_id
),

-- The warm word before which most was done; what was done is heard with it.
moments AS (
    SELECT
        w.call_id,
        w.sign,
        w.said,
        w.points,
        w.start_s,
        w.end_s,
        MIN(b.start_s) AS first_s,
        COUNT(DISTINCT b.behaviour) AS behaviour_count
    FROM warm AS w
    LEFT JOIN beyond AS b
        ON w.call_id = b.call_id AND w.end_s >= b.end_s AND w.end_s - $stretch_s <= b.start_s
    GROUP BY w.call_id, w.sign, w.said, w.points, w.start_s, w.end_s
    QUALIFY
        ROW_NUMBER() OVER (
            PARTITION BY w.call_id
            ORDER BY COUNT(DISTINCT b.behaviour) DESC, w.points DESC, w.start_s DESC, w.sign ASC
        ) = 1
),

done AS (
    SELECT
        d.call_id,
        COUNT(*) AS behaviour_count,
        STRING_AGG('{behaviour:' || d.behaviour || '}', '、' ORDER BY d.first_s ASC, d.behaviour ASC) AS shown
    FROM (
        SELECT
            b.call_id,
            b.behaviour,
            MIN(b.start_s) AS first_s
        FROM beyond AS b
        GROUP BY b.call_id, b.behaviour
    ) AS d
    GROUP BY d.call_id
)

SELECT
    m.call_id,
    s.score,
    COALESCE(m.first_s, m.start_s) AS focus_start_s,
    m.end_s AS focus_end_s,
    NULL AS pair_key,
    NULL AS side,
    s.why,
    '客户来电时' || u.mood || '，后来{customer_sign:' || m.sign || '}：「' || m.said || '」。客服多做了：' || d.shown AS reason
FROM moments AS m
INNER JOIN scored AS s ON m.call_id = s.call_id
INNER JOIN done AS d ON m.call_id = d.call_id
INNER JOIN unrest AS u ON m.call_id = u.call_id
WHERE d.behaviour_count >= $beyond_count
ORDER BY s.score DESC, m.call_id ASC
LIMIT $candidates;
