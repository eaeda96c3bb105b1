-- Calls of one night in which the caller wanted a supervisor, named a regulator or the media, or complained formally.
-- $night: date of the drop folder. $candidates: most calls wanted.
-- Focus: the escalation and the reply that answered it.
WITH heard AS (
    SELECT
        c.call_id,
        c.transferred_to_supervisor
    FROM call AS c
    WHERE
        c.night = $night
        AND c.role_confidence >= $role_confidence
        AND NOT EXISTS (
            SELECT 1 FROM turn AS t
            WHERE t.call_id = c.call_id AND t.night = c.night AND t.role = 'unknown'
        )
),

moments AS (
    SELECT
        e.call_id,
        e.evidence[1].start_s AS start_s,
        e.evidence[1].end_s AS end_s,
        e.confidence * CASE e.kind WHEN 'regulator_or_media' THEN 6 ELSE 4 END AS weight,
        CASE
            WHEN e.kind = 'regulator_or_media' AND e.body IS NOT NULL THEN '客户提到' || e.body
            ELSE '{escalation:' || e.kind || '}'
        END AS what,
        e.evidence[1].text AS said,
        'escalation' AS kind,
        e.kind AS label_id
    FROM escalation AS e
    WHERE e.night = $night AND e.confidence >= $confidence AND LEN(e.evidence) > 0
    UNION ALL
    SELECT
        g.call_id,
        g.evidence[1].start_s AS start_s,
        g.evidence[1].end_s AS end_s,
        5 * g.confidence AS weight,
        '客户正式投诉' AS what,
        g.evidence[1].text AS said,
        'tier' AS kind,
        'formal' AS label_id
    FROM tier AS g
    WHERE g.night = $night AND g.tier = 'formal' AND g.confidence >= $confidence AND LEN(g.evidence) > 0
),

peak AS (
    SELECT m.*
    FROM moments AS m
    INNER JOIN heard AS h ON m.call_id = h.call_id
    QUALIFY ROW_NUMBER() OVER (PARTITION BY m.call_id ORDER BY m.weight DESC, m.start_s ASC, m.what ASC) = 1
),

-- What calmed the caller: the good moves of the agent that follow.
moves AS (
    SELECT
        p.call_id,
        b.behaviour,
        MIN(b.evidence[1].start_s) AS first_s,
        MAX(b.evidence[1].end_s) AS last_s
    FROM peak AS p
    INNER JOIN behaviour AS b ON p.call_id = b.call_id
    WHERE
        b.is_good
        AND b.confidence >= $confidence
        AND LEN(b.evidence) > 0
        AND b.evidence[1].start_s >= p.start_s
        AND b.evidence[1].end_s <= p.end_s + $reply_within_s
    GROUP BY p.call_id, b.behaviour
),

reply AS (
    SELECT
        m.call_id,
        MAX(m.last_s) AS end_s,
        STRING_AGG('{behaviour:' || m.behaviour || '}', '、' ORDER BY m.first_s ASC, m.behaviour ASC) AS shown
    FROM moves AS m
    GROUP BY m.call_id
),

background AS (
    SELECT DISTINCT t.call_id
    FROM customer_type AS t
    WHERE t.night = $night AND t.customer_type = 'special_background' AND t.confidence >= $confidence
),

-- What makes the call difficult, point by point; together they are its score.
points AS (
    SELECT
        m.call_id,
        1 AS place,
        m.kind,
        m.label_id,
        CAST(COUNT(*) AS DOUBLE) AS amount,
        SUM(m.weight) AS points
    FROM moments AS m
    GROUP BY m.call_id, m.kind, m.label_id
    UNION ALL
    SELECT
        b.call_id,
        2 AS place,
        'customer_type' AS kind,
        'special_background' AS label_id,
        NULL AS amount,
        3.0 AS points
    FROM background AS b
    UNION ALL
    SELECT
        h.call_id,
        3 AS place,
        'why' AS kind,
        'transferred' AS label_id,
        NULL AS amount,
        1.0 AS points
    FROM heard AS h
    WHERE h.transferred_to_supervisor
),

scored AS (
    SELECT
        p.call_id,
        SUM(p.points) AS score,
        LIST(
            { 'kind': p.kind, 'label_id': p.label_id, 'value': p.amount, 'points': p.points }
            ORDER BY p.place ASC, p.points DESC, p.label_id ASC
        ) AS why
    FROM points AS p
    GROUP BY p.call_id
)

SELECT
    k.call_id,
    s.score,
    k.start_s AS focus_start_s,
    GREATEST(k.end_s, COALESCE(y.end_s, k.end_s)) AS focus_end_s,
    NULL AS pair_key,
    NULL AS side,
    k.what AS matter,
    s.why,
    k.what || '：「' || k.said || '」'
    || CASE WHEN b.call_id IS NULL THEN '' ELSE '，客户有特殊背景' END
    || CASE
        WHEN y.shown IS NULL THEN '。之后没有听到安抚或方案，想一想该怎样接'
        ELSE '。客服随后的应对：' || y.shown
    END AS reason
FROM peak AS k
INNER JOIN scored AS s ON k.call_id = s.call_id
LEFT JOIN reply AS y ON k.call_id = y.call_id
LEFT JOIN background AS b ON k.call_id = b.call_id
ORDER BY s.score DESC, k.call_id ASC
LIMIT $candidates;
