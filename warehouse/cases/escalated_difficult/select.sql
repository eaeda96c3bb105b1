-- Calls of one night in which the caller wanted a supervisor, named a regulator or the media, or complained formally.
-- $night: date of the drop folder. $quota: most cases wanted. Focus: the escalation and the reply that answered it.
WITH floors AS (
    SELECT
        0.6 AS role_confidence,
        0.5 AS confidence,
        45.0 AS reply_within_s
),

heard AS (
    SELECT
        c.call_id,
        c.agent_id,
        c.transferred_to_supervisor
    FROM call AS c
    CROSS JOIN floors AS f
    WHERE
        c.night = $night
        AND c.role_confidence >= f.role_confidence
        AND NOT EXISTS (
            SELECT 1 FROM turn AS t
            WHERE t.call_id = c.call_id AND t.role = 'unknown'
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
        e.evidence[1].text AS said
    FROM escalation AS e
    CROSS JOIN floors AS f
    WHERE e.night = $night AND e.confidence >= f.confidence AND LEN(e.evidence) > 0
    UNION ALL
    SELECT
        g.call_id,
        g.evidence[1].start_s AS start_s,
        g.evidence[1].end_s AS end_s,
        5 * g.confidence AS weight,
        '客户正式投诉' AS what,
        g.evidence[1].text AS said
    FROM tier AS g
    CROSS JOIN floors AS f
    WHERE g.night = $night AND g.tier = 'formal' AND g.confidence >= f.confidence AND LEN(g.evidence) > 0
),

peak AS (
    SELECT
        m.*,
        SUM(m.weight) OVER (PARTITION BY m.call_id) AS total
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
    CROSS JOIN floors AS f
    INNER JOIN behaviour AS b ON p.call_id = b.call_id
    WHERE
        b.is_good
        AND b.confidence >= f.confidence
        AND LEN(b.evidence) > 0
        AND b.evidence[1].start_s >= p.start_s
        AND b.evidence[1].end_s <= p.end_s + f.reply_within_s
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
    SELECT
        t.call_id,
        COUNT(*) AS type_count
    FROM customer_type AS t
    CROSS JOIN floors AS f
    WHERE t.night = $night AND t.customer_type = 'special_background' AND t.confidence >= f.confidence
    GROUP BY t.call_id
),

scored AS (
    SELECT
        p.call_id,
        p.what,
        p.said,
        p.start_s AS focus_start_s,
        GREATEST(p.end_s, COALESCE(y.end_s, p.end_s)) AS focus_end_s,
        y.shown,
        h.agent_id,
        b.type_count IS NOT NULL AS is_special,
        p.total + CASE WHEN b.type_count IS NULL THEN 0 ELSE 3 END
        + CASE WHEN h.transferred_to_supervisor THEN 1 ELSE 0 END AS score
    FROM peak AS p
    INNER JOIN heard AS h ON p.call_id = h.call_id
    LEFT JOIN reply AS y ON p.call_id = y.call_id
    LEFT JOIN background AS b ON p.call_id = b.call_id
),

-- One agent's same kind of escalation comes once before it comes again.
ranked AS (
    SELECT
        s.*,
        ROW_NUMBER() OVER (
            PARTITION BY COALESCE(s.agent_id, s.call_id), s.what
            ORDER BY s.score DESC, s.call_id ASC
        ) AS repeat_index
    FROM scored AS s
)

SELECT
    r.call_id,
    r.score,
    r.focus_start_s,
    r.focus_end_s,
    NULL AS pair_key,
    NULL AS side,
    r.what || '：「' || r.said || '」'
    || CASE WHEN r.is_special THEN '，客户有特殊背景' ELSE '' END
    || CASE
        WHEN r.shown IS NULL THEN '。之后没有听到安抚或方案，想一想该怎样接'
        ELSE '。客服随后的应对：' || r.shown
    END AS reason
FROM ranked AS r
ORDER BY r.repeat_index > 1 ASC, r.score DESC, r.call_id ASC
LIMIT $quota;
