-- check is_unique fail: 同一片段出现多次
SELECT
    clip.clip_id,
    count(*) AS row_count
FROM clip
WHERE clip.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check has_case fail: 有片段不属于任何案例
SELECT
    clip.clip_id,
    clip.case_id
FROM clip
ANTI JOIN library_case ON clip.case_id = library_case.case_id AND clip.call_id = library_case.call_id
WHERE clip.night IN (SELECT checked_night.night FROM checked_night);

-- check is_in_range fail: 数值超出范围
SELECT
    clip.clip_id,
    clip.start_s,
    clip.end_s
FROM clip
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND (clip.start_s < 0 OR clip.end_s <= clip.start_s OR clip.mask_count < 0 OR clip.masked_s < 0);

-- check doubtful_masks_silence_their_turn fail: 个人信息时间不确定，但片段没有静音整句（旧版本剪的片段）
SELECT
    clip.clip_id,
    clip.call_id,
    clip.masked_s,
    max(least(turn.end_s, clip.end_s) - greatest(turn.start_s, clip.start_s)) AS needed_s
FROM clip
INNER JOIN pii_mask ON clip.call_id = pii_mask.call_id AND NOT pii_mask.is_time_exact
INNER JOIN turn ON pii_mask.call_id = turn.call_id AND pii_mask.turn_index = turn.turn_index
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND clip.masks IS NULL
    AND turn.start_s < clip.end_s
    AND turn.end_s > clip.start_s
GROUP BY ALL
HAVING max(least(turn.end_s, clip.end_s) - greatest(turn.start_s, clip.start_s)) > clip.masked_s + 0.01;

-- check doubtful_masks_are_left_out fail: 个人信息时间不确定，但片段含有那一句
SELECT
    clip.clip_id,
    clip.call_id,
    turn.turn_index
FROM clip
INNER JOIN pii_mask ON clip.call_id = pii_mask.call_id AND NOT pii_mask.is_time_exact
INNER JOIN turn ON pii_mask.call_id = turn.call_id AND pii_mask.turn_index = turn.turn_index
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND clip.masks IS NOT NULL
    AND turn.start_s < clip.end_s
    AND turn.end_s > clip.start_s;

-- check masks_are_counted fail: 片段静音的次数少于其中个人信息的处数
SELECT
    clip.clip_id,
    clip.mask_count,
    count(*) AS needed_count
FROM clip
INNER JOIN pii_mask ON clip.call_id = pii_mask.call_id
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND pii_mask.start_s < clip.end_s
    AND pii_mask.end_s > clip.start_s
GROUP BY ALL
HAVING clip.mask_count = 0;

-- check masks_cover_personal_data fail: 片段里有个人信息没有完整静音
WITH silenced AS (
    SELECT
        clip.clip_id,
        unnest(clip.masks) AS span
    FROM clip
)

SELECT
    clip.clip_id,
    clip.call_id,
    pii_mask.start_s,
    pii_mask.end_s
FROM clip
INNER JOIN pii_mask ON clip.call_id = pii_mask.call_id AND clip.night = pii_mask.night
LEFT JOIN
    silenced
    ON
        clip.clip_id = silenced.clip_id
        AND silenced.span.start_s <= pii_mask.start_s + 0.001
        AND silenced.span.end_s >= pii_mask.end_s - 0.001
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND clip.masks IS NOT NULL
    AND pii_mask.start_s < clip.end_s
    AND pii_mask.end_s > clip.start_s
    AND silenced.clip_id IS NULL;

-- check masks_lie_inside fail: 静音的位置与片段对不上
WITH silenced AS (
    SELECT
        clip.clip_id,
        unnest(clip.masks) AS span
    FROM clip
)

SELECT
    clip.clip_id,
    clip.mask_count,
    clip.masked_s
FROM clip
LEFT JOIN silenced ON clip.clip_id = silenced.clip_id
WHERE clip.night IN (SELECT checked_night.night FROM checked_night) AND clip.masks IS NOT NULL
GROUP BY ALL
HAVING
    count(silenced.span) != clip.mask_count
    OR abs(coalesce(sum(silenced.span.end_s - silenced.span.start_s), 0) - clip.masked_s) > 0.01
    OR min(silenced.span.start_s - clip.start_s) < -0.01
    OR max(silenced.span.end_s - clip.end_s) > 0.01;

-- check is_cut_from_its_recording fail: 片段不是从这通电话的录音剪的
SELECT
    clip.clip_id,
    clip.call_id
FROM clip
INNER JOIN call ON clip.call_id = call.call_id AND clip.night >= call.night
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND clip.recording_digest != call.recording_digest;

-- check sound_is_plausible warn: 片段的响度或峰值不合理
SELECT
    clip.clip_id,
    clip.loudness_lufs,
    len(clip.peaks) AS peak_count
FROM clip
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        clip.loudness_lufs NOT BETWEEN -70 AND 0
        OR abs(len(clip.peaks) - 10 * (clip.end_s - clip.start_s)) > 2
    );
