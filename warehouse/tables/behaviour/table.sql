-- rows: call
-- order: call_id, turn_index, behaviour
CREATE TABLE behaviour (
    call_id VARCHAR NOT NULL,
    turn_index INTEGER NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    behaviour VARCHAR NOT NULL,
    step VARCHAR,
    is_good BOOLEAN NOT NULL,
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

COMMENT ON TABLE behaviour IS 'One row per thing that an agent did well or badly, tied to one of the five steps when it belongs to one';
COMMENT ON COLUMN behaviour.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN behaviour.turn_index IS 'Turn of the call, counted from 0 in order of start; see table turn';
COMMENT ON COLUMN behaviour.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN behaviour.call_date IS 'Local business day of the call';
COMMENT ON COLUMN behaviour.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN behaviour.behaviour IS 'Behaviour id, for example empathy or interruption';
COMMENT ON COLUMN behaviour.step IS 'Five-step method: emotion, diagnose, propose, accept or close; null for faults outside the steps';
COMMENT ON COLUMN behaviour.is_good IS 'True when it is good handling, false when it is a fault';
COMMENT ON COLUMN behaviour.confidence IS 'How sure the finding is, 0 to 1';
COMMENT ON COLUMN behaviour.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier)';
