-- check adds_up fail: 一致性的计数或取值不可能
SELECT
    kind,
    reviewer_a,
    reviewer_b
FROM reviewer_agreement
WHERE agreed_count > both_count OR kappa > 1 OR kappa < -1 OR expected_ratio NOT BETWEEN 0 AND 1;
