-- rows: call
-- order: call_id, turn_index
-- stage: heard
CREATE TABLE turn (
    call_id VARCHAR NOT NULL,
    turn_index INTEGER NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    channel INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    role_confidence DOUBLE NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE NOT NULL,
    text VARCHAR NOT NULL,
    words STRUCT(
        text VARCHAR,
        start_s DOUBLE,
        end_s DOUBLE,
        probability DOUBLE
    )[] NOT NULL,
    pinyin VARCHAR[] NOT NULL,
    tokens VARCHAR[] NOT NULL,
    gap_before_s DOUBLE NOT NULL,
    overlap_s DOUBLE NOT NULL,
    loudness_dbfs DOUBLE
);

COMMENT ON TABLE turn IS 'One row per turn: one role speaking until another does. Personal data is masked with * of the same length before anything is written';
COMMENT ON COLUMN turn.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN turn.turn_index IS 'Turn of the call, counted from 0 in order of start; see table turn';
COMMENT ON COLUMN turn.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN turn.call_date IS 'Local business day of the call';
COMMENT ON COLUMN turn.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN turn.channel IS 'Channel of the recording, 0-based';
COMMENT ON COLUMN turn.role IS 'Who speaks: agent, customer, ivr or unknown';
COMMENT ON COLUMN turn.role_confidence IS 'How sure the role is, 0 to 1';
COMMENT ON COLUMN turn.start_s IS 'Start, seconds from the start of the recording';
COMMENT ON COLUMN turn.end_s IS 'End, seconds from the start of the recording, >= start_s';
COMMENT ON COLUMN turn.text IS 'What was said: NFKC, simplified Chinese, personal data masked with *';
COMMENT ON COLUMN turn.words IS 'Recognised words in order: text, start and end in seconds, mean token probability 0 to 1; joined they are text';
COMMENT ON COLUMN turn.pinyin IS 'One toneless syllable per character of text, so both share offsets: array_to_string(pinyin, '' '') LIKE ''%tou su%'' finds by sound';
COMMENT ON COLUMN turn.tokens IS 'Words by jieba; joined they are text';
COMMENT ON COLUMN turn.gap_before_s IS 'Silence since the latest end of any earlier turn, seconds; 0 when they overlap';
COMMENT ON COLUMN turn.overlap_s IS 'Seconds of this turn in which another role speaks too';
COMMENT ON COLUMN turn.loudness_dbfs IS 'RMS level, dB below full scale (0 is the loudest); null when unknown';
