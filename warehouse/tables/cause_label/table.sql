-- rows: label
-- order: label_id
CREATE TABLE cause_label (
    label_id VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    top_cause VARCHAR,
    sub_cause VARCHAR,
    source VARCHAR,
    turn_index INTEGER,
    char_start INTEGER,
    char_end INTEGER,
    text VARCHAR NOT NULL,
    rule_id VARCHAR,
    rule_version VARCHAR,
    corrected_top_cause VARCHAR,
    corrected_sub_cause VARCHAR,
    verdict VARCHAR NOT NULL,
    note VARCHAR,
    labelled_by VARCHAR NOT NULL,
    labelled_at TIMESTAMP NOT NULL,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_digest VARCHAR,
    stage VARCHAR
);

COMMENT ON TABLE cause_label IS 'One row per verdict of a person on a cause of a call, or on finding none; earlier verdicts stay; which of them count tells the mart verdict';
COMMENT ON COLUMN cause_label.label_id IS 'Identity of the verdict, made from its content and the delivery it came with';
COMMENT ON COLUMN cause_label.target_id IS 'What was judged: the same for a finding that several runs made';
COMMENT ON COLUMN cause_label.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN cause_label.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN cause_label.run_id IS 'Run whose finding was judged; it may not be kept any more';
COMMENT ON COLUMN cause_label.top_cause IS 'Cause that was found; null when none was';
COMMENT ON COLUMN cause_label.sub_cause IS 'Its second level; null when none';
COMMENT ON COLUMN cause_label.source IS 'customer_stated or observed_on_call; null when none was found';
COMMENT ON COLUMN cause_label.turn_index IS 'Turn of the call, counted from 0; null when the whole call was judged';
COMMENT ON COLUMN cause_label.char_start IS 'First character of the evidence in the turn''s text, 0-based';
COMMENT ON COLUMN cause_label.char_end IS 'End of the evidence, exclusive';
COMMENT ON COLUMN cause_label.text IS 'Masked words that were judged: the turns of the evidence, or what the customer said';
COMMENT ON COLUMN cause_label.rule_id IS 'Rule that found it; null when none was found';
COMMENT ON COLUMN cause_label.rule_version IS 'Version of that rule then, 8 hex digits; null when not known';
COMMENT ON COLUMN cause_label.corrected_top_cause IS 'What it is instead, when wrong; none: no dissatisfaction; null when not said';
COMMENT ON COLUMN cause_label.corrected_sub_cause IS 'Its second level; null when only the top level is said';
COMMENT ON COLUMN cause_label.verdict IS 'right, wrong or unsure';
COMMENT ON COLUMN cause_label.note IS 'What the person wrote beside it; null when nothing';
COMMENT ON COLUMN cause_label.labelled_by IS 'Who judged, as the centre names people';
COMMENT ON COLUMN cause_label.labelled_at IS 'When it was judged or imported, UTC';
COMMENT ON COLUMN cause_label.origin IS 'import (a file that came back) or review (a click)';
COMMENT ON COLUMN cause_label.source_file IS 'Name of the imported file; null for a click';
COMMENT ON COLUMN cause_label.source_digest IS 'sha256 (hex) of the imported file; null for a click';
COMMENT ON COLUMN cause_label.stage IS 'review: a reviewer''s verdict (so is null); appeal: the agent''s side disagrees with the finding, which is no verdict; final: the lead''s decision, which overrules everybody';
