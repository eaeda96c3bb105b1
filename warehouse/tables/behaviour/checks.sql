-- shared: has_call, confidence_is_in_range, evidence_fits_turn, has_evidence

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
