-- rows: case
-- order: clip_id
CREATE TABLE clip (
    clip_id VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    start_s DOUBLE NOT NULL,
    end_s DOUBLE NOT NULL,
    file VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    mask_count INTEGER NOT NULL,
    masked_s DOUBLE NOT NULL,
    recording_digest VARCHAR,
    masks STRUCT(start_s DOUBLE, end_s DOUBLE)[],
    reason VARCHAR,
    loudness_lufs DOUBLE,
    peaks UTINYINT[]
);

COMMENT ON TABLE clip IS 'One row per audio clip cut for a case';
COMMENT ON COLUMN clip.clip_id IS 'Identity of the clip';
COMMENT ON COLUMN clip.case_id IS 'The case it was cut for; see table library_case';
COMMENT ON COLUMN clip.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN clip.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN clip.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN clip.start_s IS 'Start, seconds from the start of the recording';
COMMENT ON COLUMN clip.end_s IS 'End, seconds from the start of the recording, >= start_s';
COMMENT ON COLUMN clip.file IS 'Audio file, relative to the folder of pages';
COMMENT ON COLUMN clip.digest IS 'sha256 (hex) of the audio file';
COMMENT ON COLUMN clip.mask_count IS 'Places in it where personal data was silenced';
COMMENT ON COLUMN clip.masked_s IS 'Seconds silenced';
COMMENT ON COLUMN clip.recording_digest IS 'sha256 (hex) of the recording it was cut from; NULL in rows of older versions';
COMMENT ON COLUMN clip.masks IS 'Silenced spans, seconds from the start of the recording; NULL in rows of older versions';
COMMENT ON COLUMN clip.reason IS 'Why its case was chosen; NULL in rows of older versions';
COMMENT ON COLUMN clip.loudness_lufs IS 'Integrated loudness (ITU-R BS.1770-4), LUFS; NULL for silence and in rows of older versions';
COMMENT ON COLUMN clip.peaks IS 'Loudest sample of each tenth of a second from the clip''s start, 0 to 255 of full scale; NULL in rows of older versions';
