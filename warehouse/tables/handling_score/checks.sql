-- shared: has_call

-- check is_unique fail: 同一通话有多个服务评分
SELECT
    handling_score.call_id,
    count(*) AS row_count
FROM handling_score
WHERE handling_score.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check score_is_in_range fail: 评分不在 0 到 100 之间
SELECT
    handling_score.call_id,
    handling_score.total
FROM handling_score
WHERE
    handling_score.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        least(
            handling_score.total, handling_score.listening, handling_score.understanding, handling_score.resolving, handling_score.expression, handling_score.control, handling_score.learning, handling_score.detail
        ) < 0
        OR greatest(
            handling_score.total, handling_score.listening, handling_score.understanding, handling_score.resolving, handling_score.expression, handling_score.control, handling_score.learning, handling_score.detail
        ) > 100
    );

-- check abstains_with_reason fail: 没有评分却没有说明原因，或两者都有
SELECT
    handling_score.call_id,
    handling_score.total,
    handling_score.abstained
FROM handling_score
WHERE
    handling_score.night IN (SELECT checked_night.night FROM checked_night)
    AND ((handling_score.total IS NULL) != (handling_score.abstained IS NOT NULL));

-- check parts_make_abilities fail: 各项能力与其分项之和对不上
WITH ability_score AS (
    UNPIVOT handling_score
    ON listening, understanding, resolving, expression, control, learning, detail
    INTO NAME ability VALUE score
),

summed AS (
    SELECT
        score_part.call_id,
        score_part.night,
        score_part.ability,
        greatest(0, least(100, sum(score_part.points))) AS score
    FROM score_part
    WHERE score_part.night IN (SELECT checked_night.night FROM checked_night)
    GROUP BY score_part.call_id, score_part.night, score_part.ability
)

SELECT
    ability_score.call_id,
    ability_score.ability,
    ability_score.score,
    summed.score AS summed_score
FROM ability_score
LEFT JOIN summed
    ON
        ability_score.call_id = summed.call_id
        AND ability_score.night = summed.night
        AND ability_score.ability = summed.ability
WHERE
    ability_score.night IN (SELECT checked_night.night FROM checked_night)
    AND (summed.score IS NULL OR abs(ability_score.score - summed.score) > 0.051);
