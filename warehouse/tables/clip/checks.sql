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

-- check has_no_doubtful_mask fail: 片段含有时间不确定的个人信息
SELECT DISTINCT
    clip.clip_id,
    clip.call_id
FROM clip
INNER JOIN pii_mask ON clip.call_id = pii_mask.call_id
WHERE
    clip.night IN (SELECT checked_night.night FROM checked_night)
    AND NOT pii_mask.is_time_exact
    AND pii_mask.start_s < clip.end_s
    AND pii_mask.end_s > clip.start_s;

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
