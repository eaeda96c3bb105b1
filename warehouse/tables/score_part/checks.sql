-- shared: has_call, evidence_fits_turn

-- check is_unique fail: 同一通话的同一分项出现多次
SELECT
    score_part.call_id,
    score_part.ability,
    score_part.part,
    count(*) AS row_count
FROM score_part
WHERE score_part.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check ability_is_known fail: ability 不在约定的取值之内
SELECT
    score_part.call_id,
    score_part.ability
FROM score_part
WHERE
    score_part.night IN (SELECT checked_night.night FROM checked_night)
    AND (score_part.ability NOT IN ('listening', 'understanding', 'resolving', 'expression', 'control', 'learning', 'detail'));

-- check has_score fail: 有分项却没有评分
SELECT DISTINCT score_part.call_id
FROM score_part
ANTI JOIN
    handling_score
    ON
        score_part.call_id = handling_score.call_id
        AND score_part.night = handling_score.night
        AND handling_score.total IS NOT NULL
WHERE score_part.night IN (SELECT checked_night.night FROM checked_night);
