-- check is_unique fail: 同一晚有多次运行同时生效
SELECT
    night,
    count(*) AS row_count
FROM run
GROUP BY night, transcript_run_id IS NULL
HAVING count(*) > 1;

-- check kind_is_known fail: 运行的种类与它读取的转写不符
SELECT
    night,
    run_id,
    kind
FROM run
WHERE kind NOT IN ('nightly', 'retag') OR (kind = 'retag') != (transcript_run_id IS NOT NULL);

-- check is_loaded fail: 运行记录与已装载的不一致
SELECT
    run.night,
    run.run_id
FROM run
ANTI JOIN
    loaded_run
    ON run.night = loaded_run.night AND run.run_id IN (loaded_run.run_id, loaded_run.transcript_run_id);

-- check counts_its_calls fail: 运行记录的通话数与 call 表不一致
SELECT
    run.night,
    run.run_id,
    run.call_count,
    count(call.call_id) AS stored_count
FROM run
LEFT JOIN call ON run.night = call.night
WHERE run.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(call.call_id) > run.call_count;

-- check night_has_calls warn: 这一晚一通电话也没有
SELECT
    run.night,
    run.run_id
FROM run
WHERE
    run.night IN (SELECT checked_night.night FROM checked_night)
    AND (run.call_count = 0);

-- check failed_are_few warn: 超过一成的录音处理失败
SELECT
    run.night,
    run.recording_count,
    run.failed_count
FROM run
WHERE
    run.night IN (SELECT checked_night.night FROM checked_night)
    AND (run.failed_count > 0.1 * run.recording_count);
