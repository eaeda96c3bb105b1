-- check is_unique fail: 同一条意见出现多次
SELECT
    label_id,
    count(*) AS row_count
FROM cause_label
GROUP BY label_id
HAVING count(*) > 1;

-- check verdict_is_known fail: verdict 不在约定的取值之内
SELECT
    label_id,
    verdict
FROM cause_label
WHERE verdict NOT IN ('right', 'wrong', 'unsure') OR origin NOT IN ('import', 'review');

-- check says_who fail: 意见没有署名
SELECT label_id
FROM cause_label
WHERE trim(labelled_by) = '';

-- check corrected_is_known fail: 改正的一级原因不在约定的取值之内
SELECT
    label_id,
    corrected_top_cause
FROM cause_label
WHERE corrected_top_cause NOT IN ('fees', 'skill', 'attitude', 'process', 'product', 'other', 'none');

-- check stage_is_known fail: stage 不在约定的取值之内，或终审没有说对错
SELECT
    label_id,
    stage,
    verdict
FROM cause_label
WHERE stage NOT IN ('review', 'appeal', 'final') OR (stage = 'final' AND verdict = 'unsure');
