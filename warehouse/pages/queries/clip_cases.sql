-- The listed cases of these ids, each with its newest clip when it has one; retired cases are not listed.
SELECT
    l.case_id,
    l.library_id,
    l.call_id,
    l.rank,
    l.score,
    l.reason,
    l.focus_start_s,
    l.focus_end_s,
    p.file AS clip_file,
    p.digest AS clip_digest
FROM library_case AS l
LEFT JOIN clip AS p ON l.case_id = p.case_id
ANTI JOIN retired_case AS r ON l.call_id = r.call_id AND l.library_id = r.library_id
WHERE l.case_id IN (SELECT UNNEST($case_ids))
QUALIFY
    ROW_NUMBER() OVER (
        PARTITION BY l.case_id
        ORDER BY l.night DESC, p.night DESC, p.clip_id ASC
    ) = 1
ORDER BY l.case_id;
