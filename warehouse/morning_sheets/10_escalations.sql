-- sheet: 升级与监管
WITH clip_of_call AS (
    SELECT
        call_id,
        min(file) AS file
    FROM clip
    WHERE night = $night
    GROUP BY call_id
)

SELECT
    e.call_id AS "通话",
    c.started_at AS "开始时间(UTC)",
    c.line_of_business AS "业务线",
    c.team AS "班组",
    c.agent_id AS "坐席",
    CASE e.kind WHEN 'supervisor' THEN '要求主管' ELSE '监管/法院/媒体' END AS "升级方式",
    e.body AS "点名机构",
    t.tier AS "不满层级",
    round(e.evidence[1].start_s, 1) AS "位置(秒)",
    e.evidence[1].text AS "客户原话",
    e.confidence AS "把握",
    k.file AS "片段"
FROM escalation AS e
INNER JOIN call AS c ON e.call_id = c.call_id
LEFT JOIN tier AS t ON e.call_id = t.call_id
LEFT JOIN clip_of_call AS k ON e.call_id = k.call_id
WHERE e.night = $night
ORDER BY e.kind, e.call_id, e.evidence[1].start_s;
