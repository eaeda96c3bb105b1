-- check counts_all_hits fail: 坐席禁语表的次数与 taboo_hit 表不同
SELECT
    sum(agent_taboo.hit_count) AS shown_count,
    (SELECT count(*) FROM taboo_hit) AS stored_count
FROM agent_taboo
HAVING coalesce(sum(agent_taboo.hit_count), 0) != (SELECT count(*) FROM taboo_hit);

-- check calls_are_fewer_than_hits fail: 通话数多于次数,或多于坐席的通话总数
SELECT
    agent_taboo.call_date,
    agent_taboo.agent_id,
    agent_taboo.phrase_id
FROM agent_taboo
WHERE agent_taboo.call_count > agent_taboo.hit_count OR agent_taboo.call_count > agent_taboo.agent_call_count;
