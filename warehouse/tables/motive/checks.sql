-- check is_unique fail: 同一通话的同一诉求出现多次
SELECT
    motive.call_id,
    motive.motive,
    count(*) AS row_count
FROM motive
WHERE motive.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check has_call fail: 有记录不属于任何通话
SELECT
    motive.call_id,
    motive.night
FROM motive
ANTI JOIN
    call
    ON motive.call_id = call.call_id AND motive.night = call.night AND motive.call_date = call.call_date
WHERE motive.night IN (SELECT checked_night.night FROM checked_night);

-- check motive_is_known fail: motive 不在约定的取值之内
SELECT
    motive.call_id,
    motive.motive
FROM motive
WHERE
    motive.night IN (SELECT checked_night.night FROM checked_night)
    AND (motive.motive NOT IN ('respect', 'being_heard', 'care', 'solution', 'compensation', 'exchange'));

-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    motive.call_id,
    motive.confidence
FROM motive
WHERE
    motive.night IN (SELECT checked_night.night FROM checked_night)
    AND (motive.confidence NOT BETWEEN 0 AND 1);

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        motive.call_id,
        motive.night,
        unnest(motive.evidence) AS evidence
    FROM motive
    WHERE motive.night IN (SELECT checked_night.night FROM checked_night)
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

-- check has_evidence fail: 有结论没有依据
SELECT motive.call_id
FROM motive
WHERE
    motive.night IN (SELECT checked_night.night FROM checked_night)
    AND (len(motive.evidence) = 0);
