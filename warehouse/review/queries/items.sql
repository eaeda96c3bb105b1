-- What is to be judged of these nights: per night and kind the items that are least sure, and as many drawn by
-- a digest, whatever they are. `sureness` is 0 to 1; of cases, whose scores are comparable within a library only,
-- the place in it; of a call in which no cause was found, the surer it is that there is dissatisfaction the less.
WITH found AS (
    SELECT
        'taboo_verdict' AS label_table,
        h.call_id,
        h.night,
        h.turn_index,
        h.char_start,
        h.char_end,
        h.phrase_id,
        NULL AS top_cause,
        NULL AS sub_cause,
        NULL AS source,
        NULL AS case_id,
        NULL AS library_id,
        h.confidence AS sureness
    FROM taboo_hit AS h
    WHERE h.night IN (SELECT unnest($nights))
    UNION ALL
    SELECT
        'cause_label' AS label_table,
        t.call_id,
        t.night,
        NULL AS turn_index,
        NULL AS char_start,
        NULL AS char_end,
        NULL AS phrase_id,
        t.top_cause,
        t.sub_cause,
        t.source,
        NULL AS case_id,
        NULL AS library_id,
        t.confidence AS sureness
    FROM cause_tag AS t
    WHERE t.night IN (SELECT unnest($nights))
    UNION ALL
    SELECT
        'cause_label' AS label_table,
        c.call_id,
        c.night,
        NULL AS turn_index,
        NULL AS char_start,
        NULL AS char_end,
        NULL AS phrase_id,
        NULL AS top_cause,
        NULL AS sub_cause,
        NULL AS source,
        NULL AS case_id,
        NULL AS library_id,
        CASE
            WHEN coalesce(g.tier, 'none') = 'none' THEN coalesce(g.confidence, 1)
            ELSE 1 - g.confidence
        END AS sureness
    FROM call AS c
    LEFT JOIN tier AS g ON c.call_id = g.call_id
    WHERE
        c.night IN (SELECT unnest($nights))
        AND c.call_id NOT IN (SELECT x.call_id FROM cause_tag AS x)
    UNION ALL
    SELECT
        'case_verdict' AS label_table,
        l.call_id,
        l.night,
        NULL AS turn_index,
        NULL AS char_start,
        NULL AS char_end,
        NULL AS phrase_id,
        NULL AS top_cause,
        NULL AS sub_cause,
        NULL AS source,
        l.case_id,
        l.library_id,
        percent_rank() OVER (PARTITION BY l.night, l.library_id ORDER BY l.score) AS sureness
    FROM library_case AS l
    WHERE l.night IN (SELECT unnest($nights))
),

placed AS (
    SELECT
        *,
        md5(concat_ws('/', label_table, call_id, turn_index, char_start, phrase_id, top_cause, sub_cause, case_id))
            AS lot
    FROM found
)

SELECT
    p.*,
    c.team,
    c.line_of_business
FROM placed AS p
INNER JOIN call AS c ON p.call_id = c.call_id
QUALIFY
    row_number() OVER (PARTITION BY p.night, p.label_table ORDER BY p.sureness, p.lot) <= $row_count
    OR row_number() OVER (PARTITION BY p.night, p.label_table ORDER BY p.lot) <= $row_count
ORDER BY p.sureness, p.lot;
