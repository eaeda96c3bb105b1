-- rows: history
-- order: family, finding, part
CREATE TABLE finding_count (
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    tagged_at TIMESTAMP NOT NULL,
    lexicon_digest VARCHAR NOT NULL,
    classifier_digest VARCHAR,
    family VARCHAR NOT NULL,
    finding VARCHAR NOT NULL,
    part VARCHAR,
    call_count INTEGER NOT NULL,
    finding_count INTEGER NOT NULL,
    night_call_count INTEGER NOT NULL
);

COMMENT ON TABLE finding_count IS 'One row per run that is kept, newest or not, and thing it found: how often. What a lexicon change did to a night is read here; see mart finding_history';
COMMENT ON COLUMN finding_count.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN finding_count.run_id IS 'Run that found it; older runs of a night are not in table run';
COMMENT ON COLUMN finding_count.kind IS 'nightly, or retag: findings made again over the turns of a nightly run';
COMMENT ON COLUMN finding_count.tagged_at IS 'When the findings were made, UTC';
COMMENT ON COLUMN finding_count.lexicon_digest IS 'sha256 (hex) of all lexicons in force';
COMMENT ON COLUMN finding_count.classifier_digest IS 'sha256 (hex) of the cause classifier; null when none was used';
COMMENT ON COLUMN finding_count.family IS 'cause, taboo, behaviour, escalation, customer_type or tier';
COMMENT ON COLUMN finding_count.finding IS 'What was found: a cause as top/sub, a phrase_id, a behaviour, a kind of escalation, a customer type, a tier';
COMMENT ON COLUMN finding_count.part IS 'Of a cause its source, of a phrase its kind, of an escalation the body named, of a behaviour good or fault; null when none';
COMMENT ON COLUMN finding_count.call_count IS 'Calls of the night in which it was found';
COMMENT ON COLUMN finding_count.finding_count IS 'How often it was found';
COMMENT ON COLUMN finding_count.night_call_count IS 'Calls of the night, with or without findings';
