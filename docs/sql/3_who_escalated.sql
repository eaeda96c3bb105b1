-- Who asked for a supervisor or named a regulator, and in which words? 谁要求升级？
SELECT
    e.call_id,
    e.kind,
    e.body,
    round(e.evidence[1].start_s, 1) AS at_s,
    e.evidence[1].text AS words
FROM escalation AS e
ORDER BY e.call_id, at_s;
