-- shared: has_call, confidence_is_in_range, evidence_fits_turn

-- check is_unique fail: 同一通话有多个不满层级
SELECT
    tier.call_id,
    count(*) AS row_count
FROM tier
WHERE tier.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check tier_is_known fail: tier 不在约定的取值之内
SELECT
    tier.call_id,
    tier.tier
FROM tier
WHERE
    tier.night IN (SELECT checked_night.night FROM checked_night)
    AND (tier.tier NOT IN ('none', 'latent', 'explicit', 'formal'));

-- check has_evidence fail: 有结论没有依据
SELECT tier.call_id
FROM tier
WHERE
    tier.night IN (SELECT checked_night.night FROM checked_night)
    AND (tier.tier != 'none' AND len(tier.evidence) = 0);
