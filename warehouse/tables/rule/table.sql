-- rows: run
-- order: tagger, rule_id
CREATE TABLE rule (
    night DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    tagger VARCHAR NOT NULL,
    rule_id VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    family VARCHAR,
    kind VARCHAR,
    severity VARCHAR,
    owner VARCHAR,
    effective_from DATE,
    effective_to DATE
);

COMMENT ON TABLE rule IS 'One row per run and rule that could find something in it: a finding''s run_id and rule_id (or phrase_id) join to the rule as it was then';
COMMENT ON COLUMN rule.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN rule.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN rule.tagger IS 'causes, taboo, behaviour, customer or handling';
COMMENT ON COLUMN rule.rule_id IS 'Lexicon entry, timing: with a measured fault, or classifier: with the first digits of its digest';
COMMENT ON COLUMN rule.version IS '8 hex digits over what decides what the rule finds; examples, notes and owners do not change it';
COMMENT ON COLUMN rule.title IS 'What people call it, Chinese; the id where the lexicon has no name';
COMMENT ON COLUMN rule.family IS 'What it belongs to: a cause, a family of forbidden phrases, a step, a kind of escalation, a customer type or a tier; null when none';
COMMENT ON COLUMN rule.kind IS 'forbidden or sensitive, of phrases; null elsewhere';
COMMENT ON COLUMN rule.severity IS 'low, medium, high or critical, of phrases; null elsewhere';
COMMENT ON COLUMN rule.owner IS 'Who answers for it in the lexicon; null when nobody is named';
COMMENT ON COLUMN rule.effective_from IS 'First call date it is in force; null: always was';
COMMENT ON COLUMN rule.effective_to IS 'Call date from which it is no longer in force; null: until further notice';
