-- check severity_is_known fail: severity 不在约定的取值之内
SELECT
    run_failure.call_id,
    run_failure.severity
FROM run_failure
WHERE
    run_failure.night IN (SELECT checked_night.night FROM checked_night)
    AND (run_failure.severity NOT IN ('failed', 'warning'));

-- check reason_is_known fail: reason 与 severity 不相配
SELECT
    run_failure.call_id,
    run_failure.reason,
    run_failure.severity
FROM run_failure
WHERE
    run_failure.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        (run_failure.severity = 'failed')
        != (
            run_failure.reason IN (
                'unreadable', 'empty', 'not_audio', 'no_recording', 'duplicate', 'still_growing', 'forgotten'
            )
        )
    );

-- check warned_call_is_kept fail: 只有警告的通话不在 call 表里
SELECT
    run_failure.call_id,
    run_failure.reason
FROM run_failure
ANTI JOIN call ON run_failure.call_id = call.call_id
WHERE
    run_failure.night IN (SELECT checked_night.night FROM checked_night)
    AND run_failure.severity = 'warning'
    AND run_failure.call_id IS NOT NULL;

-- check file_has_no_long_digits fail: 文件名或说明中有 11 位以上的连续数字
SELECT
    run_failure.night,
    run_failure.reason
FROM run_failure
WHERE
    run_failure.night IN (SELECT checked_night.night FROM checked_night)
    AND (regexp_matches(coalesce(run_failure.file, '') || ' ' || run_failure.message, '[0-9]{11}'));
