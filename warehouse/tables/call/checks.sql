-- check is_unique fail: 同一通话出现多次
SELECT
    call_id,
    count(*) AS row_count
FROM call
GROUP BY call_id
HAVING count(*) > 1;

-- check digest_is_unique warn: 不同通话的录音内容完全相同
SELECT
    recording_digest,
    count(*) AS call_count
FROM call
GROUP BY recording_digest
HAVING count(*) > 1 AND bool_or(night IN (SELECT checked_night.night FROM checked_night));

-- check is_in_range fail: 数值超出范围
SELECT
    call.call_id,
    call.duration_s
FROM call
WHERE
    call.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        call.duration_s < 0 OR call.hold_s < 0 OR call.acw_s < 0
        OR call.role_confidence NOT BETWEEN 0 AND 1 OR call.role_certainty NOT BETWEEN 0 AND 1
    );

-- check has_tier fail: 有通话没有不满层级
SELECT
    call.call_id,
    call.night
FROM call
ANTI JOIN tier ON call.call_id = tier.call_id
WHERE call.night IN (SELECT checked_night.night FROM checked_night);

-- check has_audit fail: 有通话没有识别审计
SELECT
    call.call_id,
    call.night
FROM call
ANTI JOIN recognition_audit ON call.call_id = recognition_audit.call_id
WHERE call.night IN (SELECT checked_night.night FROM checked_night);

-- check tenure_is_not_negative warn: 坐席上线日期晚于通话日期
SELECT
    call.call_id,
    call.call_date,
    call.agent_on_line_since
FROM call
WHERE
    call.night IN (SELECT checked_night.night FROM checked_night)
    AND (call.agent_on_line_since > call.call_date);

-- check date_is_near_night warn: 通话日期与录音所在夜晚相差超过 31 天
SELECT
    call.call_id,
    call.call_date,
    call.night
FROM call
WHERE
    call.night IN (SELECT checked_night.night FROM checked_night)
    AND (abs(date_diff('day', call.call_date, call.night)) > 31);

-- check has_run fail: 有通话不属于任何一次运行
SELECT
    call.call_id,
    call.run_id
FROM call
ANTI JOIN loaded_run ON call.night = loaded_run.night AND call.run_id = loaded_run.transcript_run_id
WHERE call.night IN (SELECT checked_night.night FROM checked_night);
