-- rows: case
-- order: library_id, rank, case_id
CREATE TABLE library_case (
    case_id VARCHAR NOT NULL,
    library_id VARCHAR NOT NULL,
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    rank INTEGER NOT NULL,
    score DOUBLE NOT NULL,
    reason VARCHAR NOT NULL,
    focus_start_s DOUBLE NOT NULL,
    focus_end_s DOUBLE NOT NULL,
    pair_key VARCHAR,
    side VARCHAR,
    why STRUCT(
        kind VARCHAR,
        label_id VARCHAR,
        "value" DOUBLE,
        points DOUBLE
    )[],
    folded_count INTEGER
);

COMMENT ON TABLE library_case IS 'One row per call chosen for a case library on a night';
COMMENT ON COLUMN library_case.case_id IS 'Identity of the case';
COMMENT ON COLUMN library_case.library_id IS 'Case library: excellent, problem, comparison, escalated_difficult ...';
COMMENT ON COLUMN library_case.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN library_case.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN library_case.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN library_case.rank IS 'Place in the library that night, 1 is best';
COMMENT ON COLUMN library_case.score IS 'Score by which the library ranked it; comparable within one library only';
COMMENT ON COLUMN library_case.reason IS 'Why it was chosen, Chinese';
COMMENT ON COLUMN library_case.focus_start_s IS 'Start of the moment worth hearing, seconds';
COMMENT ON COLUMN library_case.focus_end_s IS 'End of the moment worth hearing, seconds';
COMMENT ON COLUMN library_case.pair_key IS 'Joins the two sides of a comparison; null elsewhere';
COMMENT ON COLUMN library_case.side IS 'good or bad side of a comparison; null elsewhere';
COMMENT ON COLUMN library_case.why IS 'Why it was chosen, point by point: kind is a group of labels.yaml and label_id an id of it, value what was counted or measured, points what it adds to the score; kinds repeat and folded tell of its rank among the others and are no part of the score; null in older nights';
COMMENT ON COLUMN library_case.folded_count IS 'Near-duplicate cases that it stands for; null in older nights';
