-- rows: call
-- order: call_id, motive
CREATE TABLE motive (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    motive VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    evidence STRUCT(
        turn_index INTEGER,
        char_start INTEGER,
        char_end INTEGER,
        start_s DOUBLE,
        end_s DOUBLE,
        rule_id VARCHAR,
        text VARCHAR,
        match VARCHAR
    )[] NOT NULL
);

COMMENT ON TABLE motive IS 'One row per thing that the customer is after';
COMMENT ON COLUMN motive.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN motive.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN motive.call_date IS 'Local business day of the call';
COMMENT ON COLUMN motive.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN motive.motive IS 'respect, being_heard, care, solution, compensation or exchange';
COMMENT ON COLUMN motive.confidence IS 'How sure the motive is, 0 to 1';
COMMENT ON COLUMN motive.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier)';
