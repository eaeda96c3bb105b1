-- Every case that is still in the warehouse, with its call and its clip when it has one. A case that people
-- judged wrong is left out; of a comparison pair both sides go then.
SELECT
    l.case_id,
    l.library_id,
    l.call_id,
    l.night,
    l.rank,
    l.score,
    l.reason,
    l.focus_start_s,
    l.focus_end_s,
    l.pair_key,
    l.side,
    l.why,
    l.folded_count,
    c.call_date,
    c.line_of_business,
    c.team,
    c.agent_id,
    COALESCE(g.tier, 'none') AS tier,
    p.start_s AS clip_start_s,
    p.end_s AS clip_end_s,
    p.file AS clip_file,
    p.mask_count,
    c.night AS call_night,
    u.run_id AS loaded_run_id,
    u.transcript_run_id,
    u.schema_digest
FROM library_case AS l
INNER JOIN call AS c ON l.call_id = c.call_id
LEFT JOIN tier AS g ON l.call_id = g.call_id
LEFT JOIN clip AS p ON l.case_id = p.case_id
LEFT JOIN loaded_run AS u ON c.night = u.night
WHERE
    NOT EXISTS (
        SELECT 1 FROM retired_case AS r
        WHERE r.call_id = l.call_id AND r.library_id = l.library_id
    )
    AND NOT EXISTS (
        SELECT 1 FROM library_case AS m
        INNER JOIN retired_case AS r ON m.call_id = r.call_id AND m.library_id = r.library_id
        WHERE m.pair_key = l.pair_key
    )
QUALIFY
    ROW_NUMBER() OVER (
        PARTITION BY l.case_id
        ORDER BY l.night DESC, p.clip_id ASC
    ) = 1
ORDER BY l.night DESC, l.rank ASC, l.side ASC, l.case_id ASC;
