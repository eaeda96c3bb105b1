-- check counts_all_hits fail: 坐席禁语表的次数与 taboo_hit 表不同(角色不确定的通话除外)
WITH stored AS (
    SELECT count(*) AS stored_count
    FROM taboo_hit
    INNER JOIN call ON taboo_hit.call_id = call.call_id
    WHERE NOT coalesce(call.is_role_uncertain, FALSE)
)

SELECT
    sum(agent_taboo.hit_count) AS shown_count,
    max(stored.stored_count) AS stored_count
FROM stored
LEFT JOIN agent_taboo ON TRUE
HAVING coalesce(sum(agent_taboo.hit_count), 0) != max(stored.stored_count);

-- check calls_are_fewer_than_hits fail: 通话数多于次数,或多于坐席的通话总数
SELECT
    agent_taboo.call_date,
    agent_taboo.agent_id,
    agent_taboo.phrase_id
FROM agent_taboo
WHERE agent_taboo.call_count > agent_taboo.hit_count OR agent_taboo.call_count > agent_taboo.agent_call_count;
