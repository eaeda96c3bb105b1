-- shared: has_call

-- check is_unique fail: 同一声道的审计出现多次
SELECT
    recognition_audit.call_id,
    recognition_audit.channel,
    count(*) AS row_count
FROM recognition_audit
WHERE recognition_audit.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check role_is_known fail: role 不在约定的取值之内
SELECT
    recognition_audit.call_id,
    recognition_audit.role
FROM recognition_audit
WHERE
    recognition_audit.night IN (SELECT checked_night.night FROM checked_night)
    AND (recognition_audit.role NOT IN ('agent', 'customer', 'ivr', 'unknown'));

-- check is_in_range fail: 数值超出范围
SELECT
    recognition_audit.call_id,
    recognition_audit.channel
FROM recognition_audit
WHERE
    recognition_audit.night IN (SELECT checked_night.night FROM checked_night)
    AND (least(
        recognition_audit.duration_s,
        recognition_audit.speech_s,
        recognition_audit.recognised_s,
        recognition_audit.suspect_s,
        recognition_audit.unrecognised_s
    ) < 0);

-- check adds_up fail: 有语音秒数没有去向
SELECT
    recognition_audit.call_id,
    recognition_audit.channel,
    recognition_audit.speech_s
FROM recognition_audit
WHERE
    recognition_audit.night IN (SELECT checked_night.night FROM checked_night)
    AND (abs(
        recognition_audit.speech_s
        - recognition_audit.recognised_s
        - recognition_audit.suspect_s
        - recognition_audit.unrecognised_s
    ) > 0.011);

-- check little_is_lost warn: 超过一成的语音没有识别出来
SELECT
    recognition_audit.call_id,
    recognition_audit.channel,
    recognition_audit.speech_s,
    recognition_audit.unrecognised_s
FROM recognition_audit
WHERE
    recognition_audit.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        recognition_audit.speech_s >= 10
        AND recognition_audit.unrecognised_s > 0.1 * recognition_audit.speech_s
    );
