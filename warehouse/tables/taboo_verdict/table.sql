-- rows: label
-- order: label_id
CREATE TABLE taboo_verdict (
    label_id VARCHAR NOT NULL,
    target_id VARCHAR NOT NULL,
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    phrase_id VARCHAR NOT NULL,
    match VARCHAR NOT NULL,
    turn_index INTEGER,
    char_start INTEGER,
    char_end INTEGER,
    text VARCHAR NOT NULL,
    rule_id VARCHAR,
    rule_version VARCHAR,
    corrected_phrase_id VARCHAR,
    verdict VARCHAR NOT NULL,
    note VARCHAR,
    labelled_by VARCHAR NOT NULL,
    labelled_at TIMESTAMP NOT NULL,
    origin VARCHAR NOT NULL,
    source_file VARCHAR,
    source_digest VARCHAR,
    stage VARCHAR
);

COMMENT ON TABLE taboo_verdict IS 'One row per verdict of a person on a forbidden or sensitive phrase that was found; earlier verdicts stay; which of them count tells the mart verdict';
COMMENT ON COLUMN taboo_verdict.label_id IS 'Identity of the verdict, made from its content and the delivery it came with';
COMMENT ON COLUMN taboo_verdict.target_id IS 'What was judged: the same for a finding that several runs made';
COMMENT ON COLUMN taboo_verdict.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN taboo_verdict.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN taboo_verdict.run_id IS 'Run whose finding was judged; it may not be kept any more';
COMMENT ON COLUMN taboo_verdict.phrase_id IS 'Lexicon entry that matched';
COMMENT ON COLUMN taboo_verdict.match IS 'How it matched: exact, filled, pattern, pinyin, classifier or likelihood';
COMMENT ON COLUMN taboo_verdict.turn_index IS 'Turn of the call, counted from 0; null when the whole call was judged';
COMMENT ON COLUMN taboo_verdict.char_start IS 'First character of the evidence in the turn''s text, 0-based';
COMMENT ON COLUMN taboo_verdict.char_end IS 'End of the evidence, exclusive';
COMMENT ON COLUMN taboo_verdict.text IS 'Masked words that were judged: the turns of the evidence, or what the customer said';
COMMENT ON COLUMN taboo_verdict.rule_id IS 'Rule that found it; null when none was found';
COMMENT ON COLUMN taboo_verdict.rule_version IS 'Version of that rule then, 8 hex digits; null when not known';
COMMENT ON COLUMN taboo_verdict.corrected_phrase_id IS 'Which phrase it is instead, when wrong; none: no such phrase; null when not said';
COMMENT ON COLUMN taboo_verdict.verdict IS 'right, wrong or unsure';
COMMENT ON COLUMN taboo_verdict.note IS 'What the person wrote beside it; null when nothing';
COMMENT ON COLUMN taboo_verdict.labelled_by IS 'Who judged, as the centre names people';
COMMENT ON COLUMN taboo_verdict.labelled_at IS 'When it was judged or imported, UTC';
COMMENT ON COLUMN taboo_verdict.origin IS 'import (a file that came back) or review (a click)';
COMMENT ON COLUMN taboo_verdict.source_file IS 'Name of the imported file; null for a click';
COMMENT ON COLUMN taboo_verdict.source_digest IS 'sha256 (hex) of the imported file; null for a click';
COMMENT ON COLUMN taboo_verdict.stage IS 'review: a reviewer''s verdict (so is null); appeal: the agent''s side disagrees with the finding, which is no verdict; final: the lead''s decision, which overrules everybody';
