-- Pairs: the same cause in the same line of business, handled well in one call and badly in another.
-- $night: date of the drop folder; one side is of that night, its twin may be of the
-- $lookback_nights nights that end with it.
-- $quota: most pairs wanted. Two rows per pair, joined by pair_key.
WITH floors AS (
    SELECT
        0.6 AS role_confidence,
        0.5 AS confidence,
        CAST($lookback_nights AS INTEGER) AS lookback_nights,
        3 AS good_step_count,
        4.0 AS bad_weight,
        2.0 AS harmless_weight,
        60.0 AS stretch_s
),

heard AS (
    SELECT
        c.call_id,
        c.night,
        c.agent_id,
        c.line_of_business
    FROM call AS c
    CROSS JOIN floors AS f
    WHERE
        c.night <= $night
        AND c.night > $night - f.lookback_nights
        AND c.role_confidence >= f.role_confidence
        AND NOT EXISTS (
            SELECT 1 FROM turn AS t
            WHERE t.call_id = c.call_id AND t.role = 'unknown'
        )
),

-- Everything the caller complains of: two calls are alike when they share any of it.
matter AS (
    SELECT
        t.call_id,
        t.top_cause,
        t.sub_cause,
        MAX(t.confidence) AS confidence
    FROM cause_tag AS t
    INNER JOIN heard AS h ON t.call_id = h.call_id
    INNER JOIN tier AS r ON t.call_id = r.call_id
    CROSS JOIN floors AS f
    WHERE t.source = 'customer_stated' AND t.confidence >= f.confidence AND r.tier <> 'none'
    GROUP BY t.call_id, t.top_cause, t.sub_cause
),

faults AS (
    SELECT
        x.call_id,
        x.start_s,
        x.end_s,
        x.confidence
        * CASE x.severity WHEN 'critical' THEN 10 WHEN 'high' THEN 7 WHEN 'medium' THEN 5 ELSE 3 END AS weight,
        '说了「' || x.matched_text || '」' AS what
    FROM taboo_hit AS x
    CROSS JOIN floors AS f
    WHERE x.kind = 'forbidden' AND x.confidence >= f.confidence
    UNION ALL
    SELECT
        b.call_id,
        b.evidence[1].start_s AS start_s,
        b.evidence[1].end_s AS end_s,
        CASE WHEN b.behaviour IN ('interruption', 'long_silence') THEN 1.0 ELSE 2.5 END * b.confidence AS weight,
        '{behaviour:' || b.behaviour || '}' AS what
    FROM behaviour AS b
    CROSS JOIN floors AS f
    WHERE NOT b.is_good AND b.confidence >= f.confidence AND LEN(b.evidence) > 0
    UNION ALL
    SELECT
        t.call_id,
        t.evidence[1].start_s AS start_s,
        t.evidence[1].end_s AS end_s,
        3.5 * t.confidence AS weight,
        '{cause:' || COALESCE(t.sub_cause, t.top_cause) || '}' AS what
    FROM cause_tag AS t
    CROSS JOIN floors AS f
    WHERE
        t.top_cause IN ('attitude', 'skill')
        AND t.source = 'observed_on_call'
        AND t.confidence >= f.confidence
        AND LEN(t.evidence) > 0
),

worst AS (
    SELECT
        x.call_id,
        x.start_s,
        x.end_s,
        x.what,
        SUM(x.weight) OVER (PARTITION BY x.call_id) AS total
    FROM faults AS x
    INNER JOIN heard AS h ON x.call_id = h.call_id
    QUALIFY ROW_NUMBER() OVER (PARTITION BY x.call_id ORDER BY x.weight DESC, x.start_s ASC, x.what ASC) = 1
),

merits AS (
    SELECT
        b.call_id,
        b.behaviour,
        b.step,
        b.evidence[1].start_s AS start_s,
        b.evidence[1].end_s AS end_s
    FROM behaviour AS b
    INNER JOIN heard AS h ON b.call_id = h.call_id
    CROSS JOIN floors AS f
    WHERE b.is_good AND b.confidence >= f.confidence AND LEN(b.evidence) > 0
),

steps AS (
    SELECT
        m.call_id,
        COUNT(DISTINCT m.step) AS step_count,
        COUNT(DISTINCT m.behaviour) AS behaviour_count
    FROM merits AS m
    GROUP BY m.call_id
),

-- For every good move: what else is heard within a minute from it, each kind once.
within AS (
    SELECT
        a.call_id,
        a.start_s AS anchor_s,
        b.behaviour,
        MIN(b.start_s) AS first_s,
        MAX(b.end_s) AS last_s
    FROM merits AS a
    CROSS JOIN floors AS f
    INNER JOIN merits AS b
        ON a.call_id = b.call_id AND a.start_s <= b.start_s AND b.end_s <= a.start_s + f.stretch_s
    GROUP BY a.call_id, a.start_s, b.behaviour
),

stretches AS (
    SELECT
        w.call_id,
        w.anchor_s AS start_s,
        MAX(w.last_s) AS end_s,
        STRING_AGG('{behaviour:' || w.behaviour || '}', '、' ORDER BY w.first_s ASC, w.behaviour ASC) AS shown
    FROM within AS w
    GROUP BY w.call_id, w.anchor_s
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY w.call_id
        ORDER BY COUNT(*) DESC, w.anchor_s ASC
    ) = 1
),

well AS (
    SELECT
        h.*,
        s.start_s,
        s.end_s,
        s.shown,
        2 * n.step_count + n.behaviour_count AS score
    FROM heard AS h
    INNER JOIN steps AS n ON h.call_id = n.call_id
    INNER JOIN stretches AS s ON h.call_id = s.call_id
    CROSS JOIN floors AS f
    WHERE
        n.step_count >= f.good_step_count
        AND NOT EXISTS (
            SELECT 1 FROM worst AS w
            WHERE w.call_id = h.call_id AND w.total >= f.harmless_weight
        )
),

badly AS (
    SELECT
        h.*,
        w.start_s,
        w.end_s,
        w.what,
        w.total AS score
    FROM heard AS h
    INNER JOIN worst AS w ON h.call_id = w.call_id
    CROSS JOIN floors AS f
    WHERE w.total >= f.bad_weight
),

alike AS (
    SELECT DISTINCT
        a.call_id AS good_call_id,
        b.call_id AS bad_call_id
    FROM customer_type AS a
    INNER JOIN customer_type AS b ON a.customer_type = b.customer_type
    INNER JOIN heard AS x ON a.call_id = x.call_id
    INNER JOIN heard AS y ON b.call_id = y.call_id
),

shared AS (
    SELECT
        g.call_id AS good_call_id,
        b.call_id AS bad_call_id,
        COALESCE(g.sub_cause = b.sub_cause, FALSE) AS is_same_sub_cause,
        CASE WHEN g.sub_cause = b.sub_cause THEN g.sub_cause ELSE g.top_cause END AS cause
    FROM matter AS g
    INNER JOIN matter AS b ON g.top_cause = b.top_cause
    INNER JOIN well AS w ON g.call_id = w.call_id
    INNER JOIN badly AS x
        ON
            b.call_id = x.call_id
            AND w.line_of_business IS NOT DISTINCT FROM x.line_of_business
            AND (w.night = $night OR x.night = $night)
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY g.call_id, b.call_id
        ORDER BY is_same_sub_cause DESC, g.confidence + b.confidence DESC, cause ASC
    ) = 1
),

pairs AS (
    SELECT
        w.call_id AS good_call_id,
        b.call_id AS bad_call_id,
        w.start_s AS good_start_s,
        w.end_s AS good_end_s,
        w.shown,
        b.start_s AS bad_start_s,
        b.end_s AS bad_end_s,
        b.what,
        s.cause,
        w.score + b.score
        + CASE WHEN s.is_same_sub_cause THEN 10 ELSE 0 END
        + CASE WHEN w.night = b.night THEN 1 ELSE 0 END
        + CASE WHEN a.good_call_id IS NULL THEN 0 ELSE 3 END
        - CASE WHEN w.agent_id = b.agent_id THEN 2 ELSE 0 END AS score
    FROM shared AS s
    INNER JOIN well AS w ON s.good_call_id = w.call_id
    INNER JOIN badly AS b ON s.bad_call_id = b.call_id
    LEFT JOIN alike AS a ON w.call_id = a.good_call_id AND b.call_id = a.bad_call_id
),

-- Only mutual first choices become pairs: no call stands in two of them.
chosen AS (
    SELECT
        p.*,
        ROW_NUMBER() OVER (PARTITION BY p.good_call_id ORDER BY p.score DESC, p.bad_call_id ASC) AS choice_of_good,
        ROW_NUMBER() OVER (PARTITION BY p.bad_call_id ORDER BY p.score DESC, p.good_call_id ASC) AS choice_of_bad
    FROM pairs AS p
),

best AS (
    SELECT c.*
    FROM chosen AS c
    WHERE c.choice_of_good = 1 AND c.choice_of_bad = 1
    ORDER BY
        ROW_NUMBER() OVER (PARTITION BY c.cause ORDER BY c.score DESC, c.good_call_id ASC) > 1 ASC,
        c.score DESC,
        c.good_call_id ASC
    LIMIT $quota
),

sides AS (
    SELECT
        b.good_call_id AS call_id,
        b.score,
        b.good_start_s AS focus_start_s,
        b.good_end_s AS focus_end_s,
        'good' AS side,
        '同是「{cause:' || b.cause || '}」，这一通处理得好：' || b.shown AS reason,
        b.good_call_id || '|' || b.bad_call_id AS pair_key
    FROM best AS b
    UNION ALL
    SELECT
        b.bad_call_id AS call_id,
        b.score,
        b.bad_start_s AS focus_start_s,
        b.bad_end_s AS focus_end_s,
        'bad' AS side,
        '同是「{cause:' || b.cause || '}」，这一通处理得不好：' || b.what AS reason,
        b.good_call_id || '|' || b.bad_call_id AS pair_key
    FROM best AS b
)

SELECT
    s.call_id,
    s.score,
    s.reason,
    s.focus_start_s,
    s.focus_end_s,
    s.pair_key,
    s.side
FROM sides AS s
ORDER BY s.score DESC, s.pair_key ASC, s.side ASC;
