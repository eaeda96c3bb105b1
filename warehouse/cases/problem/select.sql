-- Calls of one night in which the agent said what must not be said, or visibly handled the caller badly.
-- $night: date of the drop folder. $candidates: most calls wanted. Focus: the worst moment and what is near it.
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
),

moments AS (
    SELECT
        h.call_id,
        h.start_s,
        h.end_s,
        h.confidence * CASE
            WHEN h.kind = 'sensitive' THEN 2.5
            WHEN h.severity = 'critical' THEN 10
            WHEN h.severity = 'high' THEN 7
            WHEN h.severity = 'medium' THEN 5
            ELSE 3
        END AS weight,
        '说了' AS lead,
        CASE WHEN h.kind = 'sensitive' THEN '敏感用语' ELSE '禁语' END
        || '「' || h.phrase || '」' AS what,
        CASE
            -- The same but for punctuation is said once.
            WHEN
                REGEXP_REPLACE(h.matched_text, '[^\p{L}\p{N}]', '', 'g')
                = REGEXP_REPLACE(h.phrase, '[^\p{L}\p{N}]', '', 'g')
                THEN ''
            ELSE '，原话是「' || h.matched_text || '」'
        END AS detail,
        h.kind || ':' || h.phrase_id AS same_kind,
        'taboo' AS kind,
        h.phrase AS label_id
    FROM taboo_hit AS h
    WHERE h.night = $night AND h.confidence >= $hit_confidence
    UNION ALL
    SELECT
        b.call_id,
        b.evidence[1].start_s AS start_s,
        b.evidence[1].end_s AS end_s,
        -- Overlaps and pauses are often harmless: alone they make no case.
        CASE WHEN b.behaviour IN ('interruption', 'long_silence') THEN 1.0 ELSE 2.5 END * b.confidence AS weight,
        '处理失误：' AS lead,
        '{behaviour:' || b.behaviour || '}' AS what,
        '' AS detail,
        'behaviour:' || b.behaviour AS same_kind,
        'behaviour' AS kind,
        b.behaviour AS label_id
    FROM behaviour AS b
    WHERE b.night = $night AND NOT b.is_good AND b.confidence >= $confidence AND LEN(b.evidence) > 0
    UNION ALL
    SELECT
        t.call_id,
        t.evidence[1].start_s AS start_s,
        t.evidence[1].end_s AS end_s,
        3.5 * t.confidence AS weight,
        '通话中可见：' AS lead,
        '{cause:' || COALESCE(t.sub_cause, t.top_cause) || '}' AS what,
        '' AS detail,
        'cause:' || COALESCE(t.sub_cause, t.top_cause) AS same_kind,
        'cause' AS kind,
        COALESCE(t.sub_cause, t.top_cause) AS label_id
    FROM cause_tag AS t
    WHERE
        t.night = $night
        AND t.top_cause IN ('attitude', 'skill')
        AND t.source = 'observed_on_call'
        AND t.confidence >= $confidence
        AND LEN(t.evidence) > 0
    UNION ALL
    SELECT
        k.call_id,
        k.evidence[1].start_s AS start_s,
        k.evidence[1].end_s AS end_s,
        -- Account or money at risk weighs like the worst phrase.
        10 * k.confidence AS weight,
        '服务关键性错误：' AS lead,
        '{critical:' || k.error || '}' AS what,
        '' AS detail,
        'critical:' || k.error AS same_kind,
        'critical' AS kind,
        k.error AS label_id
    FROM critical_error AS k
    WHERE
        k.night = $night
        AND k.source = 'observed_on_call'
        AND k.confidence >= $confidence
        AND LEN(k.evidence) > 0
),

-- The same fault again in the same call weighs only once in the score.
kinds AS (
    SELECT m.*
    FROM moments AS m
    INNER JOIN heard AS h ON m.call_id = h.call_id
    QUALIFY ROW_NUMBER() OVER (
        PARTITION BY m.call_id, m.same_kind
        ORDER BY m.weight DESC, m.start_s ASC, m.what ASC
    ) = 1
),

worst AS (
    SELECT k.*
    FROM kinds AS k
    QUALIFY ROW_NUMBER() OVER (PARTITION BY k.call_id ORDER BY k.weight DESC, k.start_s ASC, k.what ASC) = 1
),

summary AS (
    SELECT
        w.call_id,
        w.lead || w.what AS what,
        w.detail,
        w.same_kind,
        SUM(k.weight) AS score,
        LIST(
            { 'kind': k.kind, 'label_id': k.label_id, 'value': NULL, 'points': k.weight }
            ORDER BY k.weight DESC, k.what ASC
        ) AS why,
        STRING_AGG(k.what, '、' ORDER BY k.weight DESC, k.what ASC) FILTER (WHERE k.same_kind != w.same_kind) AS others,
        MIN(k.start_s) FILTER (WHERE k.start_s >= w.start_s - $near_before_s AND k.end_s <= w.end_s + $near_after_s)
            AS focus_start_s,
        MAX(k.end_s) FILTER (WHERE k.start_s >= w.start_s - $near_before_s AND k.end_s <= w.end_s + $near_after_s)
            AS focus_end_s
    FROM worst AS w
    INNER JOIN kinds AS k ON w.call_id = k.call_id
    GROUP BY w.call_id, w.lead, w.what, w.detail, w.same_kind
    HAVING SUM(k.weight) >= $min_score
)

SELECT
    r.call_id,
    r.score,
    r.focus_start_s,
    r.focus_end_s,
    NULL AS pair_key,
    NULL AS side,
    r.same_kind AS matter,
    r.why,
    r.what || r.detail
    || CASE WHEN r.others IS NULL THEN '' ELSE '；还有' || r.others END
    || CASE
        WHEN g.tier = 'formal' THEN '。客户已正式投诉或声称要投诉'
        WHEN g.tier = 'explicit' THEN '。客户明确表示不满'
        WHEN g.tier = 'latent' THEN '。客户有潜在不满'
        ELSE ''
    END AS reason
FROM summary AS r
LEFT JOIN tier AS g ON r.call_id = g.call_id
ORDER BY r.score DESC, r.call_id ASC
LIMIT $candidates;
