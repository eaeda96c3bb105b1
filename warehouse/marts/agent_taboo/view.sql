-- The agent's calls of the day are counted on their own, so that an agent with many hits has no more calls.
-- Where it is not sure who the agent is, neither hits nor calls count: see role_review.
CREATE VIEW agent_taboo AS
WITH taken AS (
    SELECT
        call_date,
        team,
        agent_id,
        count(*) AS agent_call_count
    FROM call
    WHERE NOT coalesce(is_role_uncertain, FALSE)
    GROUP BY call_date, team, agent_id
),

said AS (
    SELECT
        call.call_date,
        call.team,
        call.agent_id,
        taboo_hit.phrase_id,
        taboo_hit.kind,
        min(taboo_hit.phrase) AS phrase,
        min(taboo_hit.severity) AS severity,
        min(taboo_hit.replacement) AS replacement,
        count(*) AS hit_count,
        count(DISTINCT taboo_hit.call_id) AS call_count
    FROM taboo_hit
    INNER JOIN call ON taboo_hit.call_id = call.call_id AND taboo_hit.call_date = call.call_date
    WHERE NOT coalesce(call.is_role_uncertain, FALSE)
    GROUP BY call.call_date, call.team, call.agent_id, taboo_hit.phrase_id, taboo_hit.kind
)

SELECT
    said.call_date,
    said.team,
    said.agent_id,
    said.phrase_id,
    said.phrase,
    said.kind,
    said.severity,
    said.hit_count,
    said.call_count,
    taken.agent_call_count,
    said.call_count / taken.agent_call_count AS call_share,
    said.replacement
FROM said
INNER JOIN taken
    ON
        said.call_date = taken.call_date
        AND said.team IS NOT DISTINCT FROM taken.team
        AND said.agent_id IS NOT DISTINCT FROM taken.agent_id;

COMMENT ON VIEW agent_taboo IS 'One row per day, agent and phrase that the agent said: the agent''s own problem table. Calls whose roles are uncertain are left out';
COMMENT ON COLUMN agent_taboo.call_date IS 'Local business day';
COMMENT ON COLUMN agent_taboo.team IS 'Agent''s team; null when unknown';
COMMENT ON COLUMN agent_taboo.agent_id IS 'Agent''s job number or id; null when unknown: all such calls together';
COMMENT ON COLUMN agent_taboo.phrase_id IS 'Lexicon entry';
COMMENT ON COLUMN agent_taboo.phrase IS 'The phrase as the lexicon has it, Chinese';
COMMENT ON COLUMN agent_taboo.kind IS 'forbidden or sensitive';
COMMENT ON COLUMN agent_taboo.severity IS 'low, medium, high or critical, as the lexicon has it';
COMMENT ON COLUMN agent_taboo.hit_count IS 'Times it was said';
COMMENT ON COLUMN agent_taboo.call_count IS 'Calls in which it was said';
COMMENT ON COLUMN agent_taboo.agent_call_count IS 'All calls of the agent on that day whose roles are sure';
COMMENT ON COLUMN agent_taboo.call_share IS 'call_count / agent_call_count, 0 to 1';
COMMENT ON COLUMN agent_taboo.replacement IS 'What to say instead, Chinese';
