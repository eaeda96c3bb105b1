-- rows: call
-- order: call_id
-- stage: heard
CREATE TABLE call (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    recording_digest VARCHAR NOT NULL,
    recognition_key VARCHAR NOT NULL,
    duration_s DOUBLE NOT NULL,
    size_bytes BIGINT NOT NULL,
    file_count INTEGER NOT NULL,
    channel_roles VARCHAR[] NOT NULL,
    role_confidence DOUBLE,
    started_at TIMESTAMP,
    direction VARCHAR,
    line_of_business VARCHAR,
    queue VARCHAR,
    agent_id VARCHAR,
    team VARCHAR,
    agent_on_line_since DATE,
    customer_key VARCHAR,
    hold_s DOUBLE,
    acw_s DOUBLE,
    satisfaction DOUBLE,
    transferred_to_supervisor BOOLEAN,
    role_certainty DOUBLE,
    is_role_uncertain BOOLEAN
);

COMMENT ON TABLE call IS 'One row per call that was heard: identity, what the switch (ACD) said of it, how it was recognised. Unknown values are null, never guessed';
COMMENT ON COLUMN call.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN call.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN call.call_date IS 'Local business day of the call';
COMMENT ON COLUMN call.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN call.recording_digest IS 'sha256 (hex) of the content of the call''s files in channel order';
COMMENT ON COLUMN call.recognition_key IS 'Digest of weights and recognition settings: same key and same recording give the same turns';
COMMENT ON COLUMN call.duration_s IS 'Length of the recording, seconds';
COMMENT ON COLUMN call.size_bytes IS 'Size of the recording''s files together, bytes';
COMMENT ON COLUMN call.file_count IS 'Number of files the recording came in: 1, or one per channel';
COMMENT ON COLUMN call.channel_roles IS 'Who was found to speak on each channel, in channel order: agent, customer, ivr or unknown';
COMMENT ON COLUMN call.role_confidence IS 'How sure the roles are, 0 to 1: the lowest of the call''s turns; null when nobody spoke';
COMMENT ON COLUMN call.started_at IS 'Start of the call, UTC';
COMMENT ON COLUMN call.direction IS 'inbound or outbound, as the manifest has it';
COMMENT ON COLUMN call.line_of_business IS 'Line of business, for example credit_card or telecom';
COMMENT ON COLUMN call.queue IS 'Queue or skill group of the switch';
COMMENT ON COLUMN call.agent_id IS 'Agent''s job number or id';
COMMENT ON COLUMN call.team IS 'Agent''s team on that day';
COMMENT ON COLUMN call.agent_on_line_since IS 'Day the agent first took calls; call_date minus this is tenure';
COMMENT ON COLUMN call.customer_key IS 'Pseudonymous customer, the same key for the same customer; never a phone number';
COMMENT ON COLUMN call.hold_s IS 'Seconds on hold, from the switch';
COMMENT ON COLUMN call.acw_s IS 'After-call work, seconds, from the switch; null means that handling time is unknown';
COMMENT ON COLUMN call.satisfaction IS 'Customer''s rating after the call, on the centre''s own scale';
COMMENT ON COLUMN call.transferred_to_supervisor IS 'Whether the switch says that the call went to a supervisor';
COMMENT ON COLUMN call.role_certainty IS 'How sure the roles are on average over all characters said by people, 0 to 1, unknown ones counting 0; null when nobody spoke, or heard before 0.2';
COMMENT ON COLUMN call.is_role_uncertain IS 'Whether role_certainty is below the setting speakers.min_call_certainty: such a call counts in no taboo figure and is listed in role_review; null when heard before 0.2: then it counts';
