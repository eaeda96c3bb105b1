-- rows: call
-- order: call_id
CREATE TABLE handling_score (
    call_id VARCHAR NOT NULL,
    night DATE NOT NULL,
    call_date DATE NOT NULL,
    run_id VARCHAR NOT NULL,
    total DOUBLE,
    listening DOUBLE,
    understanding DOUBLE,
    resolving DOUBLE,
    expression DOUBLE,
    control DOUBLE,
    learning DOUBLE,
    detail DOUBLE,
    abstained VARCHAR
);

COMMENT ON TABLE handling_score IS 'One row per call: how it was handled, seven abilities and their weighted mean, each 0 (bad) to 100 (good); see score_part for the reasons';
COMMENT ON COLUMN handling_score.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN handling_score.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN handling_score.call_date IS 'Local business day of the call';
COMMENT ON COLUMN handling_score.run_id IS 'Run that wrote this row; see table run';
COMMENT ON COLUMN handling_score.total IS 'Weighted mean of the seven abilities, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.listening IS 'Ability 倾听: hears the customer out and answers the mood, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.understanding IS 'Ability 理解: asks and checks what the matter is, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.resolving IS 'Ability 解决: offers a way out and owns it, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.expression IS 'Ability 表达: opens, speaks and closes well, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.control IS 'Ability 控制: keeps calm and leads the call, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.learning IS 'Ability 学习: knows the business and adapts, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.detail IS 'Ability 细节把握: name, time, call-back, no waiting, 0 to 100; null when the call abstains';
COMMENT ON COLUMN handling_score.abstained IS 'Why there is no score: few_agent_turns, few_agent_characters, few_customer_turns or roles_unknown; null when there is one';
