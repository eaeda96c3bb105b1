-- check is_unique fail: 同一条意见出现多次
SELECT
    label_id,
    count(*) AS row_count
FROM __table__
GROUP BY label_id
HAVING count(*) > 1;

-- check verdict_is_known fail: verdict 不在约定的取值之内
SELECT
    label_id,
    verdict
FROM __table__
WHERE verdict NOT IN ('right', 'wrong', 'unsure') OR origin NOT IN ('import', 'review');

-- check says_who fail: 意见没有署名
SELECT label_id
FROM __table__
WHERE trim(labelled_by) = '';

-- check stage_is_known fail: stage 不在约定的取值之内，或终审没有说对错
SELECT
    label_id,
    stage,
    verdict
FROM __table__
WHERE stage NOT IN ('review', 'appeal', 'final') OR (stage = 'final' AND verdict = 'unsure');
