SELECT
    l.focus_start_s AS start_s,
    l.focus_end_s AS end_s,
    l.reason,
    p.file,
    p.start_s AS clip_start_s,
    p.end_s AS clip_end_s
FROM library_case AS l
LEFT JOIN clip AS p ON l.case_id = p.case_id
WHERE l.case_id = $case_id AND l.call_id = $call_id
ORDER BY l.night DESC, p.night DESC
LIMIT 1;
