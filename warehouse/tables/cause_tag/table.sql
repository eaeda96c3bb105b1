-- rows: call
-- order: call_id, top_cause, sub_cause, source
CREATE TABLE cause_tag (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    top_cause VARCHAR NOT NULL,
    sub_cause VARCHAR,
    source VARCHAR NOT NULL,
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

COMMENT ON TABLE cause_tag IS 'One row per cause of dissatisfaction found in a call; a call may have several, or none';
COMMENT ON COLUMN cause_tag.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN cause_tag.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN cause_tag.call_date IS 'Local business day of the call';
COMMENT ON COLUMN cause_tag.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN cause_tag.top_cause IS 'fees, skill, attitude, process, product or other';
COMMENT ON COLUMN cause_tag.sub_cause IS 'Second level, for example fees: annual_fee; null when only the top level is sure';
COMMENT ON COLUMN cause_tag.source IS 'customer_stated: the customer says so; observed_on_call: the agent visibly did it on this call';
COMMENT ON COLUMN cause_tag.confidence IS 'How sure the tag is, 0 to 1';
COMMENT ON COLUMN cause_tag.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier)';
