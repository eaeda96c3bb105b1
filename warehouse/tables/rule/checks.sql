-- check is_unique fail: 同一次运行里同一条规则出现多次
SELECT
    rule.run_id,
    rule.tagger,
    rule.rule_id,
    count(*) AS row_count
FROM rule
WHERE rule.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check every_hit_has_its_rule warn: 禁语命中所指的规则不在规则表里
SELECT
    taboo_hit.call_id,
    taboo_hit.phrase_id
FROM taboo_hit
ANTI JOIN rule ON taboo_hit.run_id = rule.run_id AND taboo_hit.phrase_id = rule.rule_id
WHERE
    taboo_hit.night IN (SELECT checked_night.night FROM checked_night)
    AND taboo_hit.run_id IN (SELECT any_rule.run_id FROM rule AS any_rule);

-- check every_cause_has_its_rule warn: 投诉原因依据所指的规则不在规则表里
SELECT
    found.call_id,
    found.rule_id
FROM (
    SELECT
        cause_tag.call_id,
        cause_tag.run_id,
        unnest(cause_tag.evidence).rule_id AS rule_id
    FROM cause_tag
    WHERE
        cause_tag.night IN (SELECT checked_night.night FROM checked_night)
        AND cause_tag.run_id IN (SELECT any_rule.run_id FROM rule AS any_rule)
) AS found
ANTI JOIN rule ON found.run_id = rule.run_id AND found.rule_id = rule.rule_id;
