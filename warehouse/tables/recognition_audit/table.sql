-- rows: call
-- order: call_id, channel
-- stage: heard
CREATE TABLE recognition_audit (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    channel INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    duration_s DOUBLE NOT NULL,
    speech_s DOUBLE NOT NULL,
    recognised_s DOUBLE NOT NULL,
    suspect_s DOUBLE NOT NULL,
    unrecognised_s DOUBLE NOT NULL,
    suspects STRUCT(
        reason VARCHAR,
        start_s DOUBLE,
        end_s DOUBLE
    )[] NOT NULL
);

COMMENT ON TABLE recognition_audit IS 'One row per channel of a call: where every second of detected speech went. speech_s = recognised_s + suspect_s + unrecognised_s, to 0.01 s';
COMMENT ON COLUMN recognition_audit.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN recognition_audit.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN recognition_audit.call_date IS 'Local business day of the call';
COMMENT ON COLUMN recognition_audit.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN recognition_audit.channel IS 'Channel of the recording, 0-based';
COMMENT ON COLUMN recognition_audit.role IS 'Who was found to speak on it: agent, customer, ivr or unknown';
COMMENT ON COLUMN recognition_audit.duration_s IS 'Length of the channel, seconds';
COMMENT ON COLUMN recognition_audit.speech_s IS 'Detected speech, seconds';
COMMENT ON COLUMN recognition_audit.recognised_s IS 'Speech that became turns, seconds';
COMMENT ON COLUMN recognition_audit.suspect_s IS 'Speech whose text was not believed and kept out of tagging, seconds';
COMMENT ON COLUMN recognition_audit.unrecognised_s IS 'Speech for which nothing was recognised, seconds';
COMMENT ON COLUMN recognition_audit.suspects IS 'What was kept out: reason (loop, repeated, no_speech, prompt, low_confidence, too_dense, crosstalk), start and end in seconds; never its text';
