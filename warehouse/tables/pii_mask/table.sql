-- rows: call
-- order: call_id, turn_index, char_start
-- stage: heard
CREATE TABLE pii_mask (
    call_id VARCHAR NOT NULL,
    turn_index INTEGER NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE NOT NULL,
    is_time_exact BOOLEAN NOT NULL
);

COMMENT ON TABLE pii_mask IS 'One row per place where personal data was masked; never what it was';
COMMENT ON COLUMN pii_mask.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN pii_mask.turn_index IS 'Turn of the call, counted from 0 in order of start; see table turn';
COMMENT ON COLUMN pii_mask.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN pii_mask.call_date IS 'Local business day of the call';
COMMENT ON COLUMN pii_mask.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN pii_mask.kind IS 'phone, id_number, bank_card, digits, name, address, email, plate or code';
COMMENT ON COLUMN pii_mask.char_start IS 'First character of the span in the turn''s text, 0-based';
COMMENT ON COLUMN pii_mask.char_end IS 'End of the character span, exclusive';
COMMENT ON COLUMN pii_mask.start_s IS 'Start, seconds from the start of the recording';
COMMENT ON COLUMN pii_mask.end_s IS 'End, seconds from the start of the recording, >= start_s';
COMMENT ON COLUMN pii_mask.is_time_exact IS 'False when the times are doubtful there: no clip may contain the turn';
