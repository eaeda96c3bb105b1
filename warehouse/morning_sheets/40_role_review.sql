-- sheet: 角色待复核
SELECT
    call_id AS "通话",
    started_at AS "开始时间(UTC)",
    line_of_business AS "业务线",
    team AS "班组",
    agent_id AS "坐席",
    CASE reason
        WHEN 'channels_contradict' THEN '声道登记与通话内容不一致'
        WHEN 'voices_unclear' THEN '单声道，分不清是几个人在说'
        ELSE '单声道，分不清哪一位是坐席'
    END AS "原因",
    round(role_certainty, 2) AS "角色把握",
    round(unknown_ratio, 2) AS "未知占比",
    uncounted_hit_count AS "未计入的禁语",
    array_to_string(uncounted_phrases, '、') AS "禁语"
FROM role_review
WHERE night = $night
ORDER BY uncounted_hit_count DESC, role_certainty ASC, call_id ASC;
