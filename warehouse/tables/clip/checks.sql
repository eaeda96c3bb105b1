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

-- check doubtful_masks_silence_their_turn fail: 个人信息时间不确定，但片段没有静音整句
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
    AND turn.start_s < clip.end_s
    AND turn.end_s > clip.start_s
GROUP BY ALL
HAVING max(least(turn.end_s, clip.end_s) - greatest(turn.start_s, clip.start_s)) > clip.masked_s + 0.01;

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
