-- Everything that people said of causes, phrases and cases, in one place.
CREATE VIEW verdict AS
WITH said AS (
    SELECT
        'cause' AS kind,
        label_id,
        target_id,
        call_id,
        night,
        run_id,
        coalesce(nullif(concat_ws('/', top_cause, sub_cause), ''), 'none') AS finding,
        concat_ws('/', corrected_top_cause, corrected_sub_cause) AS corrected,
        'causes' AS tagger,
        rule_id,
        rule_version,
        verdict,
        note,
        labelled_by,
        labelled_at,
        origin,
        coalesce(stage, 'review') AS stage
    FROM cause_label
    UNION ALL
    SELECT
        'taboo' AS kind,
        label_id,
        target_id,
        call_id,
        night,
        run_id,
        phrase_id AS finding,
        corrected_phrase_id AS corrected,
        'taboo' AS tagger,
        rule_id,
        rule_version,
        verdict,
        note,
        labelled_by,
        labelled_at,
        origin,
        coalesce(stage, 'review') AS stage
    FROM taboo_verdict
    UNION ALL
    SELECT
        'case' AS kind,
        label_id,
        target_id,
        call_id,
        night,
        run_id,
        library_id AS finding,
        corrected_library_id AS corrected,
        NULL AS tagger,
        NULL AS rule_id,
        NULL AS rule_version,
        verdict,
        note,
        labelled_by,
        labelled_at,
        origin,
        coalesce(stage, 'review') AS stage
    FROM case_verdict
),

ranked AS (
    SELECT
        said.* REPLACE (nullif(said.finding, '') AS finding, nullif(said.corrected, '') AS corrected),
        row_number() OVER (
            PARTITION BY said.target_id, said.labelled_by, said.stage
            ORDER BY said.labelled_at DESC, said.label_id DESC
        ) = 1 AS is_latest,
        row_number() OVER (
            PARTITION BY said.target_id, said.stage ORDER BY said.labelled_at DESC, said.label_id DESC
        ) AS number_of_stage,
        bool_or(said.stage = 'final') OVER (PARTITION BY said.target_id) AS is_decided
    FROM said
)

SELECT
    kind,
    label_id,
    target_id,
    call_id,
    night,
    run_id,
    finding,
    corrected,
    tagger,
    rule_id,
    rule_version,
    verdict,
    note,
    labelled_by,
    labelled_at,
    origin,
    stage,
    is_latest,
    CASE
        WHEN stage = 'appeal' THEN FALSE
        WHEN stage = 'final' THEN number_of_stage = 1
        ELSE is_latest AND NOT is_decided
    END AS is_counted
FROM ranked;

COMMENT ON VIEW verdict IS 'One row per verdict of a person on a finding or a case, earlier ones and appeals included; count those with is_counted';
COMMENT ON COLUMN verdict.kind IS 'cause, taboo or case';
COMMENT ON COLUMN verdict.label_id IS 'Identity of the verdict';
COMMENT ON COLUMN verdict.target_id IS 'What was judged: the same for a finding that several runs made';
COMMENT ON COLUMN verdict.call_id IS 'Identity of the call, from the manifest or the file name';
COMMENT ON COLUMN verdict.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN verdict.run_id IS 'Run whose finding was judged';
COMMENT ON COLUMN verdict.finding IS 'What was found: a cause as top/sub (none: no dissatisfaction), a phrase_id, a library';
COMMENT ON COLUMN verdict.corrected IS 'What it is instead, in the same words; null when not said, or nothing';
COMMENT ON COLUMN verdict.tagger IS 'causes or taboo; null for cases';
COMMENT ON COLUMN verdict.rule_id IS 'Rule that found it; null when none was found';
COMMENT ON COLUMN verdict.rule_version IS 'Version of that rule then';
COMMENT ON COLUMN verdict.verdict IS 'right, wrong or unsure';
COMMENT ON COLUMN verdict.note IS 'What the person wrote beside it';
COMMENT ON COLUMN verdict.labelled_by IS 'Who judged';
COMMENT ON COLUMN verdict.labelled_at IS 'When, UTC';
COMMENT ON COLUMN verdict.origin IS 'import or review';
COMMENT ON COLUMN verdict.stage IS 'review, appeal or final';
COMMENT ON COLUMN verdict.is_latest IS 'Whether it is the newest of this person on this finding at this stage';
COMMENT ON COLUMN verdict.is_counted IS 'Whether it counts: the newest final decision on the finding where there is one, else the newest review of each person; an appeal never';
