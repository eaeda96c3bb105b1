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

-- check has_call fail: 有记录不属于任何通话
SELECT
    score_part.call_id,
    score_part.night
FROM score_part
ANTI JOIN
    call
    ON score_part.call_id = call.call_id AND score_part.night = call.night AND score_part.call_date = call.call_date
WHERE score_part.night IN (SELECT checked_night.night FROM checked_night);

-- check ability_is_known fail: ability 不在约定的取值之内
SELECT
    score_part.call_id,
    score_part.ability
FROM score_part
WHERE
    score_part.night IN (SELECT checked_night.night FROM checked_night)
    AND (score_part.ability NOT IN ('listening', 'understanding', 'resolving', 'expression', 'control', 'learning', 'detail'));

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        score_part.call_id,
        score_part.night,
        unnest(score_part.evidence) AS evidence
    FROM score_part
    WHERE score_part.night IN (SELECT checked_night.night FROM checked_night)
) AS found
LEFT JOIN turn
    ON found.call_id = turn.call_id AND found.night = turn.night AND found.evidence.turn_index = turn.turn_index
WHERE
    turn.call_id IS NULL
    OR found.evidence.char_start < 0
    OR found.evidence.char_end < found.evidence.char_start
    OR found.evidence.end_s < found.evidence.start_s
    OR found.evidence.text
    IS DISTINCT FROM substring(
        turn.text, found.evidence.char_start + 1, found.evidence.char_end - found.evidence.char_start
    );

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
