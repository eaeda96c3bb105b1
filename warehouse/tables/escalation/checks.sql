-- shared: has_call, confidence_is_in_range, evidence_fits_turn, has_evidence

-- check kind_is_known fail: kind 不在约定的取值之内
SELECT
    escalation.call_id,
    escalation.kind
FROM escalation
WHERE
    escalation.night IN (SELECT checked_night.night FROM checked_night)
    AND (escalation.kind NOT IN ('supervisor', 'regulator_or_media'));
