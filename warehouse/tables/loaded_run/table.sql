-- rows: warehouse
-- order: night
CREATE TABLE loaded_run (
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    transcript_run_id VARCHAR NOT NULL,
    schema_digest VARCHAR NOT NULL
);

COMMENT ON TABLE loaded_run IS 'Bookkeeping: which run each night''s rows were loaded from';
COMMENT ON COLUMN loaded_run.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN loaded_run.run_id IS 'Run whose findings the night shows; see table run';
COMMENT ON COLUMN loaded_run.transcript_run_id IS 'Run whose calls and turns the night shows: the same one, or the nightly run that a retag run read';
COMMENT ON COLUMN loaded_run.schema_digest IS 'sha256 (hex) of the table and view definitions that built this file';
