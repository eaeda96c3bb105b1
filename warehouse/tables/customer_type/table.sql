-- rows: call
-- order: call_id, customer_type
CREATE TABLE customer_type (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    customer_type VARCHAR NOT NULL,
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
    )[] NOT NULL,
    background VARCHAR
);

COMMENT ON TABLE customer_type IS 'One row per kind of caller recognised in a call';
COMMENT ON COLUMN customer_type.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN customer_type.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN customer_type.call_date IS 'Local business day of the call';
COMMENT ON COLUMN customer_type.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN customer_type.customer_type IS 'reasoned_argument, calm_pressing, stubborn_novice, venting, special_background, emotional, justice or well_prepared';
COMMENT ON COLUMN customer_type.confidence IS 'How sure the finding is, 0 to 1';
COMMENT ON COLUMN customer_type.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier)';
COMMENT ON COLUMN customer_type.background IS 'Of special_background: press, government, lawyer, discipline_inspection or online_media; null for other types and for nights tagged before it was told';
