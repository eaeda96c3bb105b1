-- rows: call
-- order: call_id, kind, body
CREATE TABLE escalation (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    body VARCHAR,
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

COMMENT ON TABLE escalation IS 'One row per escalation in a call: the customer wants a supervisor, or names a regulator, a court or the media';
COMMENT ON COLUMN escalation.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN escalation.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN escalation.call_date IS 'Local business day of the call';
COMMENT ON COLUMN escalation.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN escalation.kind IS 'supervisor or regulator_or_media';
COMMENT ON COLUMN escalation.body IS 'The body that was named, for example 12315; null when none was';
COMMENT ON COLUMN escalation.confidence IS 'How sure the finding is, 0 to 1';
COMMENT ON COLUMN escalation.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier)';
