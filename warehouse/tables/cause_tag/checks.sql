-- shared: has_call, confidence_is_in_range, evidence_fits_turn, has_evidence

-- check is_unique fail: 同一通话的同一原因出现多次
SELECT
    cause_tag.call_id,
    cause_tag.top_cause,
    cause_tag.sub_cause,
    cause_tag.source,
    count(*) AS row_count
FROM cause_tag
WHERE cause_tag.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check top_cause_is_known fail: top_cause 不在约定的取值之内
SELECT
    cause_tag.call_id,
    cause_tag.top_cause
FROM cause_tag
WHERE
    cause_tag.night IN (SELECT checked_night.night FROM checked_night)
    AND (cause_tag.top_cause NOT IN ('fees', 'skill', 'attitude', 'process', 'product', 'other'));

-- check source_is_known fail: source 不在约定的取值之内
SELECT
    cause_tag.call_id,
    cause_tag.source
FROM cause_tag
WHERE
    cause_tag.night IN (SELECT checked_night.night FROM checked_night)
    AND (cause_tag.source NOT IN ('customer_stated', 'observed_on_call'));
