-- shared: has_call, confidence_is_in_range, evidence_fits_turn, has_evidence

-- check kind_is_known fail: kind 不在约定的取值之内
SELECT
    critical_error.call_id,
    critical_error.kind
FROM critical_error
WHERE
    critical_error.night IN (SELECT checked_night.night FROM checked_night)
    AND (critical_error.kind NOT IN ('money_at_risk', 'customer_delayed'));

-- check source_is_known fail: source 不在约定的取值之内
SELECT
    critical_error.call_id,
    critical_error.source
FROM critical_error
WHERE
    critical_error.night IN (SELECT checked_night.night FROM checked_night)
    AND (critical_error.source NOT IN ('observed_on_call', 'customer_stated'));
