-- rows: call
-- order: call_id, turn_index, sign
CREATE TABLE customer_sign (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    turn_index INTEGER NOT NULL,
    sign VARCHAR NOT NULL,
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

COMMENT ON TABLE customer_sign IS 'One row per turn in which the customer shows worry, relief, or regard for the agent';
COMMENT ON COLUMN customer_sign.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN customer_sign.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN customer_sign.call_date IS 'Local business day of the call';
COMMENT ON COLUMN customer_sign.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN customer_sign.turn_index IS 'Turn in which it is heard, counted from 0';
COMMENT ON COLUMN customer_sign.sign IS 'worried, relieved, thanks, praise, consideration (for the agent) or patience';
COMMENT ON COLUMN customer_sign.confidence IS 'How sure the sign is, 0 to 1';
COMMENT ON COLUMN customer_sign.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier)';
