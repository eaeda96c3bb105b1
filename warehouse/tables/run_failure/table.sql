-- rows: run
-- order: call_id, file, reason
-- stage: heard
CREATE TABLE run_failure (
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    call_id VARCHAR,
    file VARCHAR,
    severity VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    message VARCHAR NOT NULL
);

COMMENT ON TABLE run_failure IS 'One row per fault of a delivered recording. failed: it is not in call; warning: it is in call all the same';
COMMENT ON COLUMN run_failure.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN run_failure.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN run_failure.call_id IS 'The call, when it is known';
COMMENT ON COLUMN run_failure.file IS 'The file''s name below the night''s folder, customers'' digits masked';
COMMENT ON COLUMN run_failure.severity IS 'failed or warning';
COMMENT ON COLUMN run_failure.reason IS 'unreadable, empty, not_audio, no_recording, duplicate, still_growing, forgotten (deleted on request and delivered again: named nowhere), truncated, no_manifest_row, mono, channels_swapped, channels_identical or no_speech';
COMMENT ON COLUMN run_failure.message IS 'What is wrong and what to do, Chinese';
