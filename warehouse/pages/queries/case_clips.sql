SELECT
    p.call_id,
    p.file,
    p.peaks,
    p.masks
FROM clip AS p
WHERE p.call_id IN (SELECT UNNEST($call_ids))
ORDER BY p.call_id, p.file;
