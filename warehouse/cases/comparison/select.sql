-- Both sides of comparisons: calls handled well and calls handled badly, to be paired by what they share.
-- $night: date of the drop folder; one side of a pair is of that night, its twin may be of the
-- $lookback_nights nights that end with it. $candidates: most calls per sub-cause, line, side and age (of the
-- night, or earlier). {shared} in a reason is what the pair shares.
WITH heard AS (
    SELECT
        c.call_id,
        c.night,
        c.night = $night AS is_new,
        c.line_of_business
    FROM call AS c
    WHERE
        c.night <= $night
        AND c.night > $night - CAST($lookback_nights AS INTEGER)
        AND c.role_confidence >= $role_confidence
        AND NOT EXISTS (
            SELECT 1 FROM turn AS t
            WHERE t.call_id = c.call_id AND t.night = c.night AND t.role = 'unknown'
        )
),

-- Everything the caller complains of: two calls are alike when they share any of it.
matter AS (
    SELECT DISTINCT
        t.call_id,
        t.sub_cause
    FROM cause_tag AS t
    INNER JOIN heard AS h ON t.call_id = h.call_id AND t.night = h.night
    INNER JOIN tier AS r ON t.call_id = r.call_id AND t.night = r.night
    WHERE
        t.source = 'customer_stated'
        AND t.confidence >= $confidence
        AND t.sub_cause IS NOT NULL
        AND r.tier <> 'none'
),

faults AS (
    SELECT
        x.call_id,
        x.start_s,
        x.end_s,
        x.confidence
        * CASE x.severity WHEN 'critical' THEN 10 WHEN 'high' THEN 7 WHEN 'medium' THEN 5 ELSE 3 END AS weight,
        '说了「' || x.matched_text || '」' AS what,
        'taboo' AS kind,
        x.phrase AS label_id
    FROM taboo_hit AS x
    INNER JOIN heard AS h ON x.call_id = h.call_id AND x.night = h.night
    WHERE x.kind = 'forbidden' AND x.confidence >= $confidence
    UNION ALL
    SELECT
        b.call_id,
        b.evidence[1].start_s AS start_s,
        b.evidence[1].end_s AS end_s,
        CASE WHEN b.behaviour IN ('interruption', 'long_silence') THEN 1.0 ELSE 2.5 END * b.confidence AS weight,
        '{behaviour:' || b.behaviour || '}' AS what,
        'behaviour' AS kind,
        b.behaviour AS label_id
    FROM behaviour AS b
    INNER JOIN heard AS h ON b.call_id = h.call_id AND b.night = h.night
    WHERE NOT b.is_good AND b.confidence >= $confidence AND LEN(b.evidence) > 0
    UNION ALL
    SELECT
        t.call_id,
        t.evidence[1].start_s AS start_s,
        t.evidence[1].end_s AS end_s,
        3.5 * t.confidence AS weight,
        '{cause:' || COALESCE(t.sub_cause, t.top_cause) || '}' AS what,
        'cause' AS kind,
        COALESCE(t.sub_cause, t.top_cause) AS label_id
    FROM cause_tag AS t
    INNER JOIN heard AS h ON t.call_id = h.call_id AND t.night = h.night
    WHERE
        t.top_cause IN ('attitude', 'skill')
        AND t.source = 'observed_on_call'
        AND t.confidence >= $confidence
        AND LEN(t.evidence) > 0
),

fault_points AS (
    SELECT
        x.call_id,
        x.kind,
        x.label_id,
        COUNT(*) AS time_count,
        SUM(x.weight) AS points
    FROM faults AS x
    GROUP BY x.call_id, x.kind, x.label_id
),

blame AS (
    SELECT
        p.call_id,
        SUM(p.points) AS total,
        LIST(
            { 'kind': p.kind, 'label_id': p.label_id, 'value': p.time_count, 'points': p.points }
            ORDER BY p.points DESC, p.kind ASC, p.label_id ASC
        ) AS why
    FROM fault_points AS p
    GROUP BY p.call_id
),

worst AS (
    SELECT
        x.call_id,
        x.start_s,
        x.end_s,
        x.what
    FROM faults AS x
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
    INNER JOIN heard AS h ON b.call_id = h.call_id AND b.night = h.night
    WHERE b.is_good AND b.confidence >= $confidence AND LEN(b.evidence) > 0
),

steps AS (
    SELECT
        m.call_id,
        COUNT(DISTINCT m.step) AS step_count,
        COUNT(DISTINCT m.behaviour) AS behaviour_count
    FROM merits AS m
    GROUP BY m.call_id
),

sides AS (
    SELECT
        n.call_id,
        'good' AS side,
        2.0 * n.step_count + n.behaviour_count AS score
    FROM steps AS n
    LEFT JOIN blame AS w ON n.call_id = w.call_id
    WHERE n.step_count >= $good_step_count AND COALESCE(w.total, 0) < $harmless_weight
    UNION ALL
    SELECT
        w.call_id,
        'bad' AS side,
        w.total AS score
    FROM blame AS w
    WHERE w.total >= $bad_weight
),

-- The best of each side of each matter; what is said about them is looked up for these alone.
best AS (
    SELECT DISTINCT
        s.call_id,
        s.side,
        s.score
    FROM sides AS s
    INNER JOIN heard AS h ON s.call_id = h.call_id
    INNER JOIN matter AS m ON s.call_id = m.call_id
    QUALIFY
        ROW_NUMBER() OVER (
            PARTITION BY m.sub_cause, h.line_of_business, s.side, h.is_new
            ORDER BY s.score DESC, s.call_id ASC
        ) <= $candidates
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
    INNER JOIN best AS x ON a.call_id = x.call_id AND x.side = 'good'
    INNER JOIN merits AS b
        ON a.call_id = b.call_id AND a.start_s <= b.start_s AND b.end_s <= a.start_s + $stretch_s
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
)

SELECT
    b.call_id,
    b.score,
    w.start_s AS focus_start_s,
    w.end_s AS focus_end_s,
    NULL AS pair_key,
    b.side,
    '同是「{shared}」，这一通处理得好：' || w.shown AS reason,
    [
        { 'kind': 'why', 'label_id': 'step_count', 'value': n.step_count, 'points': 2.0 * n.step_count },
        { 'kind': 'why', 'label_id': 'behaviour_count', 'value': n.behaviour_count, 'points': n.behaviour_count }
    ] AS why
FROM best AS b
INNER JOIN steps AS n ON b.call_id = n.call_id
INNER JOIN stretches AS w ON b.call_id = w.call_id
WHERE b.side = 'good'
UNION ALL
SELECT
    b.call_id,
    b.score,
    w.start_s AS focus_start_s,
    w.end_s AS focus_end_s,
    NULL AS pair_key,
    b.side,
    '同是「{shared}」，这一通处理得不好：' || w.what AS reason,
    x.why
FROM best AS b
INNER JOIN worst AS w ON b.call_id = w.call_id
INNER JOIN blame AS x ON b.call_id = x.call_id
WHERE b.side = 'bad'
ORDER BY side DESC, score DESC, call_id ASC;
