-- rows: call
-- order: call_id, name, role
CREATE TABLE signal (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    role VARCHAR
);

COMMENT ON TABLE signal IS 'One row per number measured on a call';
COMMENT ON COLUMN signal.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN signal.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN signal.call_date IS 'Local business day of the call';
COMMENT ON COLUMN signal.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN signal.name IS 'What was measured, unit in the name: silence_ratio, longest_silence_s, agent_chars_per_s ...';
COMMENT ON COLUMN signal.value IS 'The number, in the unit that the name tells';
COMMENT ON COLUMN signal.role IS 'Whose number it is: agent or customer; null when it belongs to the whole call';
