-- shared: has_call, confidence_is_in_range, evidence_fits_turn, has_evidence

-- check is_unique warn: 同一通话的同一客户类型出现多次
SELECT
    customer_type.call_id,
    customer_type.customer_type,
    count(*) AS row_count
FROM customer_type
WHERE customer_type.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check background_is_known fail: background 不在约定的取值之内
SELECT
    customer_type.call_id,
    customer_type.background
FROM customer_type
WHERE
    customer_type.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        customer_type.background NOT IN ('press', 'government', 'lawyer', 'discipline_inspection', 'online_media')
        OR (customer_type.background IS NOT NULL AND customer_type.customer_type != 'special_background')
    );
