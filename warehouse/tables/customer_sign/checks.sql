-- shared: has_call, confidence_is_in_range, evidence_fits_turn, has_evidence

-- check is_unique fail: 同一话轮的同一种客户反应出现多次
SELECT
    customer_sign.call_id,
    customer_sign.turn_index,
    customer_sign.sign,
    count(*) AS row_count
FROM customer_sign
WHERE customer_sign.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check sign_is_known fail: sign 不在约定的取值之内
SELECT
    customer_sign.call_id,
    customer_sign.sign
FROM customer_sign
WHERE
    customer_sign.night IN (SELECT checked_night.night FROM checked_night)
    AND (customer_sign.sign NOT IN ('worried', 'relieved', 'thanks', 'praise', 'consideration', 'patience'));
