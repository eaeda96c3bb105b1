-- rows: label
-- order: label_id
CREATE TABLE case_verdict (
    label_id VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    case_id VARCHAR NOT NULL,
    library_id VARCHAR NOT NULL,
    corrected_library_id VARCHAR,
    verdict VARCHAR NOT NULL,
    note VARCHAR,
    labelled_by VARCHAR NOT NULL,
    labelled_at TIMESTAMP NOT NULL,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_digest VARCHAR,
    stage VARCHAR
);

COMMENT ON TABLE case_verdict IS 'One row per verdict of a person on a case chosen for a library; earlier verdicts stay; which of them count tells the mart verdict';
COMMENT ON COLUMN case_verdict.label_id IS 'Identity of the verdict, made from its content and the delivery it came with';
COMMENT ON COLUMN case_verdict.target_id IS 'What was judged: the same for a finding that several runs made';
COMMENT ON COLUMN case_verdict.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN case_verdict.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN case_verdict.run_id IS 'Run whose finding was judged; it may not be kept any more';
COMMENT ON COLUMN case_verdict.case_id IS 'Identity of the case';
COMMENT ON COLUMN case_verdict.library_id IS 'Case library it was chosen for';
COMMENT ON COLUMN case_verdict.corrected_library_id IS 'Library it belongs to instead, when wrong; none: no library; null when not said';
COMMENT ON COLUMN case_verdict.verdict IS 'right, wrong or unsure';
COMMENT ON COLUMN case_verdict.note IS 'What the person wrote beside it; null when nothing';
COMMENT ON COLUMN case_verdict.labelled_by IS 'Who judged, as the centre names people';
COMMENT ON COLUMN case_verdict.labelled_at IS 'When it was judged or imported, UTC';
COMMENT ON COLUMN case_verdict.origin IS 'import (a file that came back) or review (a click)';
COMMENT ON COLUMN case_verdict.source_file IS 'Name of the imported file; null for a click';
COMMENT ON COLUMN case_verdict.source_digest IS 'sha256 (hex) of the imported file; null for a click';
COMMENT ON COLUMN case_verdict.stage IS 'review: a reviewer''s verdict (so is null); appeal: the agent''s side disagrees with the finding, which is no verdict; final: the lead''s decision, which overrules everybody';
