-- sheet: 特殊背景
WITH clip_of_call AS (
    SELECT
        call_id,
        min(file) AS file
    FROM clip
    WHERE night = $night
    GROUP BY call_id
)

SELECT
    s.call_id AS "通话",
    c.started_at AS "开始时间(UTC)",
    c.line_of_business AS "业务线",
    c.team AS "班组",
    c.agent_id AS "坐席",
    round(s.evidence[1].start_s, 1) AS "位置(秒)",
    CASE s.background
        WHEN 'press' THEN '新闻媒体'
        WHEN 'government' THEN '政府机关'
        WHEN 'lawyer' THEN '法律'
        WHEN 'discipline_inspection' THEN '纪检监察'
        WHEN 'online_media' THEN '自媒体'
    END AS "背景",
    s.evidence[1].text AS "客户原话",
    s.confidence AS "把握",
    k.file AS "片段"
FROM customer_type AS s
INNER JOIN call AS c ON s.call_id = c.call_id
LEFT JOIN clip_of_call AS k ON s.call_id = k.call_id
WHERE s.night = $night AND s.customer_type = 'special_background'
ORDER BY s.call_id;
