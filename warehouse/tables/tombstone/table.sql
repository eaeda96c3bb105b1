-- rows: tombstone
-- order: requested_at, tombstone_id
CREATE TABLE tombstone (
    tombstone_id VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    night DATE,
    call_hash VARCHAR,
    recording_hash VARCHAR,
    size_bytes BIGINT,
    call_count INTEGER NOT NULL,
    reason VARCHAR,
    requested_at TIMESTAMP NOT NULL,
    done_at TIMESTAMP
);

COMMENT ON TABLE tombstone IS 'One row per call and recording that was deleted for good on request, and per night whose recordings or calls went by age. It tells that something went, not what it was called';
COMMENT ON COLUMN tombstone.tombstone_id IS 'Identity of the row, made from its content';
COMMENT ON COLUMN tombstone.scope IS 'call: one call, everywhere; night: all calls of the night; recordings: the delivered files of the night alone';
COMMENT ON COLUMN tombstone.kind IS 'request (huiting forget) or retention (by age)';
COMMENT ON COLUMN tombstone.night IS 'Date of the drop folder the recording was delivered in; null when it is not known';
COMMENT ON COLUMN tombstone.call_hash IS 'sha256 (hex) of the call_id, by which it is refused when it is delivered again; null for a night';
COMMENT ON COLUMN tombstone.recording_hash IS 'sha256 (hex) of the recording''s digest, by which the same sound is refused under any name; null for a night, or when there was no recording';
COMMENT ON COLUMN tombstone.size_bytes IS 'Size of the recording''s files together, bytes: finds copies without reading every file; null when not known';
COMMENT ON COLUMN tombstone.call_count IS 'Calls that went: 1 for a call, those stored for a night; rows of a call with several recordings after the first have 0';
COMMENT ON COLUMN tombstone.reason IS 'What the operator wrote; null when nothing';
COMMENT ON COLUMN tombstone.requested_at IS 'When it was asked for, or when its age was reached, UTC; from then on it is refused';
COMMENT ON COLUMN tombstone.done_at IS 'When recording and stored rows were gone, UTC; the warehouse that shows it was built without them. Null while it goes on';
