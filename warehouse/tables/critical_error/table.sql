-- rows: call
-- order: call_id, turn_index, error
CREATE TABLE critical_error (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    turn_index INTEGER NOT NULL,
    error VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
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

COMMENT ON TABLE critical_error IS 'One row per service-critical error: an account or money put at risk, or a reminder missed so that the customer is delayed; kept apart from the score';
COMMENT ON COLUMN critical_error.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN critical_error.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN critical_error.call_date IS 'Local business day of the call';
COMMENT ON COLUMN critical_error.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN critical_error.turn_index IS 'Turn of the call, counted from 0 in order of start; see table turn';
COMMENT ON COLUMN critical_error.error IS 'Entry id of handling/critical.yaml, for example wrong_figure';
COMMENT ON COLUMN critical_error.kind IS 'money_at_risk or customer_delayed';
COMMENT ON COLUMN critical_error.source IS 'observed_on_call, or customer_stated when the customer tells it of an earlier call';
COMMENT ON COLUMN critical_error.confidence IS 'How sure the finding is, 0 to 1';
COMMENT ON COLUMN critical_error.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier)';
