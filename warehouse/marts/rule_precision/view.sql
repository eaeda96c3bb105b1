-- needs: verdict
-- How often people agree with what each rule finds.
CREATE VIEW rule_precision AS
WITH judged AS (
    SELECT
        tagger,
        rule_id,
        rule_version,
        target_id,
        count(*) FILTER (WHERE verdict = 'right') AS right_count,
        count(*) FILTER (WHERE verdict = 'wrong') AS wrong_count,
        count(*) FILTER (WHERE verdict = 'unsure') AS unsure_count
    FROM verdict
    WHERE is_counted AND rule_id IS NOT NULL
    GROUP BY ALL
),

known AS (
    SELECT
        tagger,
        rule_id,
        arg_max(version, night) AS version,
        arg_max(title, night) AS title,
        arg_max(family, night) AS family,
        arg_max(owner, night) AS owner
    FROM rule
    GROUP BY tagger, rule_id
)

SELECT
    judged.tagger,
    judged.rule_id,
    judged.rule_version,
    coalesce(judged.rule_version = known.version, FALSE) AS is_current,
    coalesce(known.title, judged.rule_id) AS title,
    known.family,
    known.owner,
    count(*) AS judged_count,
    count(*) FILTER (WHERE judged.right_count > judged.wrong_count) AS right_count,
    count(*) FILTER (WHERE judged.wrong_count > judged.right_count) AS wrong_count,
    count(*) FILTER (WHERE judged.right_count = judged.wrong_count) AS undecided_count,
    count(*) FILTER (WHERE judged.right_count > 0 AND judged.wrong_count > 0) AS disputed_count,
    count(*) FILTER (WHERE judged.right_count > judged.wrong_count)
    / nullif(count(*) FILTER (WHERE judged.right_count != judged.wrong_count), 0) AS precision
FROM judged
LEFT JOIN known ON judged.tagger = known.tagger AND judged.rule_id = known.rule_id
GROUP BY ALL;

COMMENT ON VIEW rule_precision IS 'One row per rule and version of it that people judged: how much of what it found they call right; a final decision counts alone, an appeal not at all';
COMMENT ON COLUMN rule_precision.tagger IS 'causes or taboo';
COMMENT ON COLUMN rule_precision.rule_id IS 'Lexicon entry, or classifier: with the first digits of its digest';
COMMENT ON COLUMN rule_precision.rule_version IS 'Version that found what was judged; null when not known';
COMMENT ON COLUMN rule_precision.is_current IS 'Whether the newest night was tagged with this version';
COMMENT ON COLUMN rule_precision.title IS 'What people call the rule, Chinese';
COMMENT ON COLUMN rule_precision.family IS 'The cause or family of phrases it belongs to';
COMMENT ON COLUMN rule_precision.owner IS 'Who answers for it in the lexicon';
COMMENT ON COLUMN rule_precision.judged_count IS 'Findings judged by anyone';
COMMENT ON COLUMN rule_precision.right_count IS 'Findings that more people call right than wrong';
COMMENT ON COLUMN rule_precision.wrong_count IS 'Findings that more people call wrong than right';
COMMENT ON COLUMN rule_precision.undecided_count IS 'Findings that nobody is sure of, or as many call right as wrong';
COMMENT ON COLUMN rule_precision.disputed_count IS 'Findings that some call right and some wrong';
COMMENT ON COLUMN rule_precision.precision IS 'right_count over right_count and wrong_count; null when nothing is decided';
