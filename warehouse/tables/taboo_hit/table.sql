-- rows: call
-- order: call_id, turn_index, char_start, phrase_id
CREATE TABLE taboo_hit (
    call_id VARCHAR NOT NULL,
    turn_index INTEGER NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    phrase_id VARCHAR NOT NULL,
    phrase VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    matched_text VARCHAR NOT NULL,
    char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE NOT NULL,
    match VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    replacement VARCHAR NOT NULL,
    owner VARCHAR,
    log_likelihood_ratio DOUBLE,
    family VARCHAR
);

COMMENT ON TABLE taboo_hit IS 'One row per forbidden or sensitive phrase that an agent said; quoting or denying one is no hit';
COMMENT ON COLUMN taboo_hit.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN taboo_hit.turn_index IS 'Turn of the call, counted from 0 in order of start; see table turn';
COMMENT ON COLUMN taboo_hit.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN taboo_hit.call_date IS 'Local business day of the call';
COMMENT ON COLUMN taboo_hit.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN taboo_hit.phrase_id IS 'Lexicon entry that matched';
COMMENT ON COLUMN taboo_hit.phrase IS 'The phrase as the lexicon has it, Chinese';
COMMENT ON COLUMN taboo_hit.kind IS 'forbidden or sensitive';
COMMENT ON COLUMN taboo_hit.severity IS 'low, medium, high or critical, as the lexicon has it';
COMMENT ON COLUMN taboo_hit.matched_text IS 'What the agent said, masked: the turn''s text from char_start to char_end, and what follows in the agent''s next turn where only a back-channel of the customer parts the two';
COMMENT ON COLUMN taboo_hit.char_start IS 'First character of the span in the turn''s text, 0-based';
COMMENT ON COLUMN taboo_hit.char_end IS 'End of the character span, exclusive';
COMMENT ON COLUMN taboo_hit.start_s IS 'Start, seconds from the start of the recording';
COMMENT ON COLUMN taboo_hit.end_s IS 'End, seconds from the start of the recording, >= start_s';
COMMENT ON COLUMN taboo_hit.match IS 'How it matched: exact, filled (fillers in between), pattern, pinyin (by sound), classifier or likelihood (almost by sound, then confirmed on the recording)';
COMMENT ON COLUMN taboo_hit.confidence IS 'How sure the hit is, 0 to 1';
COMMENT ON COLUMN taboo_hit.replacement IS 'What to say instead, Chinese; empty when the lexicon has none';
COMMENT ON COLUMN taboo_hit.owner IS 'Who answers for the phrase in the lexicon';
COMMENT ON COLUMN taboo_hit.log_likelihood_ratio IS 'Second pass: natural log of how much likelier the phrase is than the text as written; empty when not asked';
COMMENT ON COLUMN taboo_hit.family IS 'Which of the thirteen families: cold_refusal, passing_the_buck, questioning_back, impatience, belittling, sarcasm, refusing_to_listen, insult, provoking, threat, putting_off, blind_promise or beyond_remit; empty in rows of older versions';
