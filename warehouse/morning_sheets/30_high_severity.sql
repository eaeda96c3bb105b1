-- sheet: 严重禁语
WITH clip_of_call AS (
    SELECT
        call_id,
        min(file) AS file
    FROM clip
    WHERE night = $night
    GROUP BY call_id
),

severity_rank AS (
    SELECT
        severity,
        place
    FROM (VALUES ('low', 1), ('medium', 2), ('high', 3), ('critical', 4)) AS ranks (severity, place)
)

SELECT
    h.call_id AS "通话",
    c.started_at AS "开始时间(UTC)",
    c.line_of_business AS "业务线",
    c.team AS "班组",
    c.agent_id AS "坐席",
    h.severity AS "级别",
    h.phrase AS "禁语",
    h.matched_text AS "坐席原话",
    round(h.start_s, 1) AS "位置(秒)",
    h.confidence AS "把握",
    h.replacement AS "换个说法",
    k.file AS "片段"
FROM taboo_hit AS h
INNER JOIN call AS c ON h.call_id = c.call_id
INNER JOIN severity_rank AS r ON h.severity = r.severity
LEFT JOIN clip_of_call AS k ON h.call_id = k.call_id
WHERE
    h.night = $night
    AND NOT coalesce(c.is_role_uncertain, FALSE)
    AND r.place >= (
        SELECT least_rank.place
        FROM severity_rank AS least_rank
        WHERE least_rank.severity = $min_severity
    )
ORDER BY r.place DESC, h.call_id ASC, h.start_s ASC;
