-- Calls of one night that were handled along the five steps, without a forbidden phrase or a fault.
-- $night: date of the drop folder. $quota: most cases wanted. Focus: the densest minute of good handling.
WITH floors AS (
    SELECT
        0.6 AS role_confidence,
        0.5 AS behaviour_confidence,
        0.5 AS fault_confidence,
        4 AS step_count,
        75.0 AS total,
        60.0 AS stretch_s
),

heard AS (
    SELECT
        c.call_id,
        c.agent_id,
        COALESCE(g.tier, 'none') AS tier
    FROM call AS c
    LEFT JOIN tier AS g ON c.call_id = g.call_id
    CROSS JOIN floors AS f
    WHERE
        c.night = $night
        AND c.role_confidence >= f.role_confidence
        AND COALESCE(g.tier, 'none') != 'formal'
        AND NOT EXISTS (
            SELECT 1 FROM turn AS t
            WHERE t.call_id = c.call_id AND t.role = 'unknown'
        )
        AND NOT EXISTS (
            SELECT 1 FROM handling_score AS q
            WHERE q.call_id = c.call_id AND q.total < f.total
        )
        AND NOT EXISTS (
            SELECT 1 FROM critical_error AS k
            WHERE k.call_id = c.call_id AND k.confidence >= f.fault_confidence
        )
        AND NOT EXISTS (
            SELECT 1 FROM taboo_hit AS h
            WHERE h.call_id = c.call_id AND h.confidence >= f.fault_confidence
        )
        AND NOT EXISTS (
            SELECT 1 FROM behaviour AS b
            WHERE
                b.call_id = c.call_id
                AND NOT b.is_good
                AND b.confidence >= f.fault_confidence
                AND b.behaviour NOT IN ('interruption', 'long_silence')
        )
        AND NOT EXISTS (
            SELECT 1 FROM cause_tag AS t
            WHERE
                t.call_id = c.call_id
                AND t.top_cause IN ('attitude', 'skill')
                AND t.source = 'observed_on_call'
                AND t.confidence >= f.fault_confidence
        )
),

-- Overlaps and pauses are often harmless: they cost points, no more.
pauses AS (
    SELECT
        b.call_id,
        COUNT(DISTINCT b.behaviour) AS pause_count
    FROM behaviour AS b
    CROSS JOIN floors AS f
    WHERE
        b.night = $night
        AND b.behaviour IN ('interruption', 'long_silence')
        AND b.confidence >= f.fault_confidence
    GROUP BY b.call_id
),

good AS (
    SELECT
        b.call_id,
        b.behaviour,
        b.step,
        b.confidence,
        b.evidence[1].start_s AS start_s,
        b.evidence[1].end_s AS end_s
    FROM behaviour AS b
    INNER JOIN heard AS h ON b.call_id = h.call_id
    CROSS JOIN floors AS f
    WHERE b.is_good AND b.confidence >= f.behaviour_confidence AND LEN(b.evidence) > 0
),

handled AS (
    SELECT
        g.call_id,
        COUNT(DISTINCT g.step) AS step_count,
        COUNT(DISTINCT g.behaviour) AS behaviour_count,
        AVG(g.confidence) AS mean_confidence
    FROM good AS g
    CROSS JOIN floors AS f
    GROUP BY g.call_id, f.step_count
    HAVING COUNT(DISTINCT g.step) >= f.step_count
),

-- For every good move: what else is heard within a minute from it, each kind once.
within AS (
    SELECT
        a.call_id,
        a.start_s AS anchor_s,
        b.behaviour,
        MIN(b.start_s) AS first_s,
        MAX(b.end_s) AS last_s
    FROM good AS a
    CROSS JOIN floors AS f
    INNER JOIN good AS b
        ON a.call_id = b.call_id AND a.start_s <= b.start_s AND b.end_s <= a.start_s + f.stretch_s
    GROUP BY a.call_id, a.start_s, b.behaviour
),

stretches AS (
    SELECT
        w.call_id,
        w.anchor_s AS focus_start_s,
        MAX(w.last_s) AS focus_end_s,
        STRING_AGG('{behaviour:' || w.behaviour || '}', '、' ORDER BY w.first_s ASC, w.behaviour ASC) AS shown
    FROM within AS w
    GROUP BY w.call_id, w.anchor_s
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY w.call_id
        ORDER BY COUNT(*) DESC, w.anchor_s ASC
    ) = 1
),

cause AS (
    SELECT
        t.call_id,
        COALESCE(t.sub_cause, t.top_cause) AS cause
    FROM cause_tag AS t
    WHERE t.night = $night AND t.source = 'customer_stated'
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY t.call_id
        ORDER BY t.confidence DESC, t.top_cause ASC, t.sub_cause ASC
    ) = 1
),

scored AS (
    SELECT
        h.call_id,
        h.agent_id,
        h.tier,
        k.cause,
        d.step_count,
        s.focus_start_s,
        s.focus_end_s,
        s.shown,
        p.pause_count,
        q.total,
        -- A dissatisfied caller whose matter was handled well teaches more than an easy enquiry.
        -- Nights tagged before there were scores count kinds of good handling instead: up to about as much.
        2.0 * d.step_count + COALESCE(q.total / 10.0, d.behaviour_count) + d.mean_confidence
        - COALESCE(p.pause_count, 0)
        + CASE h.tier WHEN 'explicit' THEN 3 WHEN 'latent' THEN 2 ELSE 0 END AS score
    FROM heard AS h
    INNER JOIN handled AS d ON h.call_id = d.call_id
    INNER JOIN stretches AS s ON h.call_id = s.call_id
    LEFT JOIN cause AS k ON h.call_id = k.call_id
    LEFT JOIN pauses AS p ON h.call_id = p.call_id
    LEFT JOIN handling_score AS q ON h.call_id = q.call_id
),

-- One agent's same kind of call comes once before it comes again.
ranked AS (
    SELECT
        s.*,
        ROW_NUMBER() OVER (
            PARTITION BY COALESCE(s.agent_id, s.call_id), COALESCE(s.cause, '')
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
    '五步走到了 ' || r.step_count || ' 步，全程没有禁语' || CASE WHEN r.pause_count IS NULL THEN '和失误' ELSE '' END
    || CASE WHEN r.total IS NULL THEN '' ELSE '，服务评分 ' || CAST(ROUND(r.total) AS INTEGER) END
    || '；这一段里听得到：' || r.shown
    || CASE
        WHEN r.cause IS NOT NULL AND r.tier != 'none' THEN '。客户带着「{cause:' || r.cause || '}」的不满来电，平和挂机'
        ELSE ''
    END AS reason
FROM ranked AS r
ORDER BY r.repeat_index > 1 ASC, r.score DESC, r.call_id ASC
LIMIT $quota;
