-- The version of every rule of the runs that a call's night shows.
SELECT
    rule.run_id,
    rule.rule_id,
    rule.version
FROM rule
WHERE rule.night IN (SELECT call.night FROM call WHERE call.call_id = $call_id);
