-- Calls of one night that were handled along the five steps, without a forbidden phrase or a fault.
-- $night: date of the drop folder. $candidates: most calls wanted. Focus: the densest minute of good handling.
WITH heard AS (
    SELECT
        c.call_id,
        COALESCE(g.tier, 'none') AS tier
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
            SELECT 1 FROM handling_score AS q
            WHERE q.call_id = c.call_id AND q.total < $min_total
        )
        AND NOT EXISTS (
            SELECT 1 FROM critical_error AS k
            WHERE k.call_id = c.call_id AND k.confidence >= $confidence
        )
        AND NOT EXISTS (
            SELECT 1 FROM taboo_hit AS h
            WHERE h.call_id = c.call_id AND h.confidence >= $confidence
        )
        AND NOT EXISTS (
            SELECT 1 FROM behaviour AS b
            WHERE
                b.call_id = c.call_id
                AND NOT b.is_good
                AND b.confidence >= $confidence
                AND b.behaviour NOT IN ('interruption', 'long_silence')
        )
        AND NOT EXISTS (
            SELECT 1 FROM cause_tag AS t
            WHERE
                t.call_id = c.call_id
                AND t.top_cause IN ('attitude', 'skill')
                AND t.source = 'observed_on_call'
                AND t.confidence >= $confidence
        )
),

-- Overlaps and pauses are often harmless: they cost points, no more.
pauses AS (
    SELECT
        b.call_id,
        COUNT(DISTINCT b.behaviour) AS pause_count
    FROM behaviour AS b
    WHERE
        b.night = $night
        AND b.behaviour IN ('interruption', 'long_silence')
        AND b.confidence >= $confidence
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
    WHERE b.is_good AND b.confidence >= $confidence AND LEN(b.evidence) > 0
),

handled AS (
    SELECT
        g.call_id,
        COUNT(DISTINCT g.step) AS step_count,
        COUNT(DISTINCT g.behaviour) AS behaviour_count,
        AVG(g.confidence) AS mean_confidence
    FROM good AS g
    GROUP BY g.call_id
    HAVING COUNT(DISTINCT g.step) >= $step_count
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
    INNER JOIN good AS b
        ON a.call_id = b.call_id AND a.start_s <= b.start_s AND b.end_s <= a.start_s + $stretch_s
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

-- What speaks for a call, point by point; together they are its score. A dissatisfied caller whose matter was
-- handled well teaches more than an easy enquiry. Nights tagged before there were scores count kinds of good
-- handling instead: up to about as much.
points AS (
    SELECT
        d.call_id,
        1 AS place,
        'why' AS kind,
        'step_count' AS label_id,
        CAST(d.step_count AS DOUBLE) AS amount,
        2.0 * d.step_count AS points
    FROM handled AS d
    UNION ALL
    SELECT
        d.call_id,
        2 AS place,
        'why' AS kind,
        CASE WHEN q.total IS NULL THEN 'behaviour_count' ELSE 'handling_score' END AS label_id,
        COALESCE(q.total, d.behaviour_count) AS amount,
        COALESCE(q.total / 10.0, d.behaviour_count) AS points
    FROM handled AS d
    LEFT JOIN handling_score AS q ON d.call_id = q.call_id
    UNION ALL
    SELECT
        d.call_id,
        3 AS place,
        'why' AS kind,
        'confidence' AS label_id,
        d.mean_confidence AS amount,
        d.mean_confidence AS points
    FROM handled AS d
    UNION ALL
    SELECT
        h.call_id,
        4 AS place,
        'tier' AS kind,
        h.tier AS label_id,
        NULL AS amount,
        CASE h.tier WHEN 'explicit' THEN 3.0 ELSE 2.0 END AS points
    FROM heard AS h
    WHERE h.tier IN ('latent', 'explicit')
    UNION ALL
    SELECT
        p.call_id,
        5 AS place,
        'why' AS kind,
        'pause_count' AS label_id,
        CAST(p.pause_count AS DOUBLE) AS amount,
        -1.0 * p.pause_count AS points
    FROM pauses AS p
),

scored AS (
    SELECT
        p.call_id,
        SUM(p.points) AS score,
        LIST(
            { 'kind': p.kind, 'label_id': p.label_id, 'value': p.amount, 'points': p.points }
            ORDER BY p.place ASC
        ) AS why
    FROM points AS p
    INNER JOIN handled AS d ON p.call_id = d.call_id
    GROUP BY p.call_id
)

SELECT
    r.call_id,
    r.score,
    s.focus_start_s,
    s.focus_end_s,
    NULL AS pair_key,
    NULL AS side,
    r.why,
    '五步走到了 ' || d.step_count || ' 步，全程没有禁语' || CASE WHEN p.pause_count IS NULL THEN '和失误' ELSE '' END
    || CASE WHEN q.total IS NULL THEN '' ELSE '，服务评分 ' || CAST(ROUND(q.total) AS INTEGER) END
    || '；这一段里听得到：' || s.shown
    || CASE
        WHEN k.cause IS NOT NULL AND h.tier != 'none' THEN '。客户带着「{cause:' || k.cause || '}」的不满来电，平和挂机'
        ELSE ''
    END AS reason
FROM scored AS r
INNER JOIN heard AS h ON r.call_id = h.call_id
INNER JOIN handled AS d ON r.call_id = d.call_id
INNER JOIN stretches AS s ON r.call_id = s.call_id
LEFT JOIN cause AS k ON r.call_id = k.call_id
LEFT JOIN pauses AS p ON r.call_id = p.call_id
LEFT JOIN handling_score AS q ON r.call_id = q.call_id
ORDER BY r.score DESC, r.call_id ASC
LIMIT $candidates;
