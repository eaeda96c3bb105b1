-- shared: opinion

-- check corrected_is_known fail: 改正的一级原因不在约定的取值之内
SELECT
    label_id,
    corrected_top_cause
FROM cause_label
WHERE corrected_top_cause NOT IN ('fees', 'skill', 'attitude', 'process', 'product', 'other', 'none');
