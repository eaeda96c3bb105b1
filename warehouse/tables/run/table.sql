-- rows: run
-- order: run_id
CREATE TABLE run (
    run_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    attempt INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP NOT NULL,
    state VARCHAR NOT NULL,
    code_version VARCHAR NOT NULL,
    weights_name VARCHAR NOT NULL,
    weights_digest VARCHAR NOT NULL,
    recognition_key VARCHAR NOT NULL,
    lexicon_digest VARCHAR NOT NULL,
    classifier_digest VARCHAR,
    recording_count INTEGER NOT NULL,
    call_count INTEGER NOT NULL,
    reused_count INTEGER NOT NULL,
    failed_count INTEGER NOT NULL,
    warning_count INTEGER NOT NULL,
    audio_s DOUBLE NOT NULL,
    transcript_run_id VARCHAR
);

COMMENT ON TABLE run IS 'One row per run whose rows are in the warehouse: with what it was made, and how it ended. A night has one, the nightly run; when it was tagged again since, also the newest retag run, which made its findings';
COMMENT ON COLUMN run.run_id IS 'Identity of the run';
COMMENT ON COLUMN run.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN run.attempt IS '1 for the first committed run of the night, counting up; the highest is the one shown here';
COMMENT ON COLUMN run.kind IS 'nightly, or retag: findings made again over the turns of a nightly run';
COMMENT ON COLUMN run.started_at IS 'Start of the run, UTC';
COMMENT ON COLUMN run.finished_at IS 'When its rows were complete, UTC';
COMMENT ON COLUMN run.state IS 'complete, or with_failures when a recording failed';
COMMENT ON COLUMN run.code_version IS 'Version of the program';
COMMENT ON COLUMN run.weights_name IS 'Whisper weights, by name or path';
COMMENT ON COLUMN run.weights_digest IS 'sha256 (hex) of the weights';
COMMENT ON COLUMN run.recognition_key IS 'Digest of weights and recognition settings';
COMMENT ON COLUMN run.lexicon_digest IS 'sha256 (hex) of all lexicons in force';
COMMENT ON COLUMN run.classifier_digest IS 'sha256 (hex) of the cause classifier; null when none was used';
COMMENT ON COLUMN run.recording_count IS 'Recordings delivered; 0 for a retag run';
COMMENT ON COLUMN run.call_count IS 'Calls in the night';
COMMENT ON COLUMN run.reused_count IS 'Calls whose transcription was taken over from an earlier run; all of them for a retag run';
COMMENT ON COLUMN run.failed_count IS 'Faults of severity failed; 0 for a retag run';
COMMENT ON COLUMN run.warning_count IS 'Faults of severity warning; 0 for a retag run';
COMMENT ON COLUMN run.audio_s IS 'Length of all calls together, seconds; 0 for a retag run, which hears nothing';
COMMENT ON COLUMN run.transcript_run_id IS 'For a retag run the nightly run whose transcripts it read; null for a nightly run';
