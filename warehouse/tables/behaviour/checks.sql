-- check has_call fail: 有记录不属于任何通话
SELECT
    behaviour.call_id,
    behaviour.night
FROM behaviour
ANTI JOIN
    call
    ON behaviour.call_id = call.call_id AND behaviour.night = call.night AND behaviour.call_date = call.call_date
WHERE behaviour.night IN (SELECT checked_night.night FROM checked_night);

-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    behaviour.call_id,
    behaviour.confidence
FROM behaviour
WHERE
    behaviour.night IN (SELECT checked_night.night FROM checked_night)
    AND (behaviour.confidence NOT BETWEEN 0 AND 1);

-- check evidence_fits_turn fail: 依据与所指轮次的文字对不上
SELECT
    found.call_id,
    found.evidence.turn_index AS evidence_turn,
    found.evidence.rule_id AS evidence_rule
FROM (
    SELECT
        behaviour.call_id,
        behaviour.night,
        unnest(behaviour.evidence) AS evidence
    FROM behaviour
    WHERE behaviour.night IN (SELECT checked_night.night FROM checked_night)
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
SELECT behaviour.call_id
FROM behaviour
WHERE
    behaviour.night IN (SELECT checked_night.night FROM checked_night)
    AND (len(behaviour.evidence) = 0);

-- check step_is_known fail: step 不在约定的取值之内
SELECT
    behaviour.call_id,
    behaviour.step
FROM behaviour
WHERE
    behaviour.night IN (SELECT checked_night.night FROM checked_night)
    AND (behaviour.step NOT IN ('emotion', 'diagnose', 'propose', 'accept', 'close'));

-- check fault_has_no_step warn: 五步法之外的过失不应有步骤
SELECT
    behaviour.call_id,
    behaviour.behaviour,
    behaviour.step
FROM behaviour
WHERE
    behaviour.night IN (SELECT checked_night.night FROM checked_night)
    AND (NOT behaviour.is_good AND behaviour.step IS NOT NULL);

-- check is_done_by_agent warn: 行为不在坐席的话里
SELECT
    behaviour.call_id,
    behaviour.turn_index,
    behaviour.behaviour
FROM behaviour
INNER JOIN turn
    ON behaviour.call_id = turn.call_id AND behaviour.night = turn.night AND behaviour.turn_index = turn.turn_index
WHERE
    behaviour.night IN (SELECT checked_night.night FROM checked_night)
    AND behaviour.is_good
    AND turn.role != 'agent';
