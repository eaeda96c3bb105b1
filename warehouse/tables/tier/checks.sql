-- check is_unique fail: 同一通话有多个不满层级
SELECT
    tier.call_id,
    count(*) AS row_count
FROM tier
WHERE tier.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check has_call fail: 有记录不属于任何通话
SELECT
    tier.call_id,
    tier.night
FROM tier
ANTI JOIN call ON tier.call_id = call.call_id AND tier.night = call.night AND tier.call_date = call.call_date
WHERE tier.night IN (SELECT checked_night.night FROM checked_night);

-- check tier_is_known fail: tier 不在约定的取值之内
SELECT
    tier.call_id,
    tier.tier
FROM tier
WHERE
    tier.night IN (SELECT checked_night.night FROM checked_night)
    AND (tier.tier NOT IN ('none', 'latent', 'explicit', 'formal'));

-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    tier.call_id,
    tier.confidence
FROM tier
WHERE
    tier.night IN (SELECT checked_night.night FROM checked_night)
    AND (tier.confidence NOT BETWEEN 0 AND 1);

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        tier.call_id,
        tier.night,
        unnest(tier.evidence) AS evidence
    FROM tier
    WHERE tier.night IN (SELECT checked_night.night FROM checked_night)
) AS found
LEFT JOIN turn
    ON found.call_id = turn.call_id AND found.night = turn.night AND found.evidence.turn_index = turn.turn_index
WHERE
    turn.call_id IS NULL
    OR found.evidence.char_start < 0
    OR found.evidence.char_end < found.evidence.char_start
    OR found.evidence.end_s < found.evidence.start_s
    OR found.evidence.text
    IS DISTINCT FROM substring(
        turn.text, found.evidence.char_start + 1, found.evidence.char_end - found.evidence.char_start
    );

-- check has_evidence fail: 有结论没有依据
SELECT tier.call_id
FROM tier
WHERE
    tier.night IN (SELECT checked_night.night FROM checked_night)
    AND (tier.tier != 'none' AND len(tier.evidence) = 0);
