-- rows: call
-- order: call_id
CREATE TABLE tier (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    tier VARCHAR NOT NULL,
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

COMMENT ON TABLE tier IS 'One row per call: how far dissatisfaction went';
COMMENT ON COLUMN tier.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN tier.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN tier.call_date IS 'Local business day of the call';
COMMENT ON COLUMN tier.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN tier.tier IS 'none, latent (sighs, repeats, gives up), explicit (says so) or formal (files a complaint or threatens to)';
COMMENT ON COLUMN tier.confidence IS 'How sure the tier is, 0 to 1';
COMMENT ON COLUMN tier.evidence IS 'Where and why: turn_index, half-open character span in that turn''s text, times in seconds, the lexicon entry that matched (rule_id), its masked words (text) and how it matched (exact, filled, pattern, pinyin or classifier); empty for tier none';
