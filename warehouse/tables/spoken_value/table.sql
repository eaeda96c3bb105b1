-- rows: call
-- order: call_id, turn_index, char_start
CREATE TABLE spoken_value (
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
    text VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    number DOUBLE
);

COMMENT ON TABLE spoken_value IS 'One row per number, amount, date or time said by anyone: as it was said, and normalised';
COMMENT ON COLUMN spoken_value.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN spoken_value.turn_index IS 'Turn of the call, counted from 0 in order of start; see table turn';
COMMENT ON COLUMN spoken_value.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN spoken_value.call_date IS 'Local business day of the call';
COMMENT ON COLUMN spoken_value.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN spoken_value.kind IS 'percent, money, date, time or number';
COMMENT ON COLUMN spoken_value.char_start IS 'First character of the span in the turn''s text, 0-based';
COMMENT ON COLUMN spoken_value.char_end IS 'End of the character span, exclusive';
COMMENT ON COLUMN spoken_value.start_s IS 'Start, seconds from the start of the recording';
COMMENT ON COLUMN spoken_value.end_s IS 'End, seconds from the start of the recording, >= start_s';
COMMENT ON COLUMN spoken_value.text IS 'What was said: the turn''s text from char_start to char_end';
COMMENT ON COLUMN spoken_value.value IS 'The same in digits, as 236块, 3%, 12/05 or 3:30';
COMMENT ON COLUMN spoken_value.number IS 'Yuan of an amount, figure of a percentage or number; empty for dates and times';
