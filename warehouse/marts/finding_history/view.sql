-- What each run of a night found, before and after a change of lexicons or classifier.
CREATE VIEW finding_history AS
WITH made AS (
    SELECT DISTINCT
        night,
        run_id,
        kind,
        tagged_at,
        lexicon_digest,
        classifier_digest,
        night_call_count
    FROM finding_count
),

ordered AS (
    SELECT
        made.*,
        row_number() OVER (PARTITION BY made.night ORDER BY made.tagged_at, made.run_id) AS run_number,
        lag(made.run_id) OVER (PARTITION BY made.night ORDER BY made.tagged_at, made.run_id) AS before_run_id
    FROM made
),

things AS (
    SELECT DISTINCT
        night,
        family,
        finding,
        part
    FROM finding_count
)

SELECT
    ordered.night,
    ordered.run_id,
    ordered.run_number,
    ordered.kind,
    ordered.tagged_at,
    loaded_run.run_id IS NOT NULL AS is_current,
    ordered.lexicon_digest,
    ordered.classifier_digest,
    things.family,
    things.finding,
    things.part,
    coalesce(found.call_count, 0) AS call_count,
    coalesce(found.finding_count, 0) AS finding_count,
    ordered.night_call_count,
    coalesce(found.call_count, 0) / nullif(ordered.night_call_count, 0) AS share_of_calls,
    CASE
        WHEN ordered.before_run_id IS NOT NULL THEN coalesce(found.call_count, 0) - coalesce(before.call_count, 0)
    END AS call_change
FROM ordered
INNER JOIN things ON ordered.night = things.night
LEFT JOIN finding_count AS found
    ON
        ordered.run_id = found.run_id AND things.family = found.family AND things.finding = found.finding
        AND things.part IS NOT DISTINCT FROM found.part
LEFT JOIN finding_count AS before
    ON
        ordered.before_run_id = before.run_id AND things.family = before.family
        AND things.finding = before.finding AND things.part IS NOT DISTINCT FROM before.part
LEFT JOIN loaded_run ON ordered.night = loaded_run.night AND ordered.run_id = loaded_run.run_id;

COMMENT ON VIEW finding_history IS 'One row per kept run of a night and thing that any run of that night found: how often then, and how much more or less than the run before. Compares findings before and after a change of lexicons or classifier';
COMMENT ON COLUMN finding_history.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN finding_history.run_id IS 'Run that made the findings';
COMMENT ON COLUMN finding_history.run_number IS '1 for the oldest kept run of the night';
COMMENT ON COLUMN finding_history.kind IS 'nightly, or retag: findings made again over the turns of a nightly run';
COMMENT ON COLUMN finding_history.tagged_at IS 'When the findings were made, UTC';
COMMENT ON COLUMN finding_history.is_current IS 'Whether the night now shows the findings of this run';
COMMENT ON COLUMN finding_history.lexicon_digest IS 'sha256 (hex) of all lexicons in force';
COMMENT ON COLUMN finding_history.classifier_digest IS 'sha256 (hex) of the cause classifier; null when none was used';
COMMENT ON COLUMN finding_history.family IS 'cause, taboo, behaviour, escalation, customer_type or tier';
COMMENT ON COLUMN finding_history.finding IS 'What was found: a cause as top/sub, a phrase_id, a behaviour, a kind of escalation, a customer type, a tier';
COMMENT ON COLUMN finding_history.part IS 'Of a cause its source, of a phrase its kind, of an escalation the body named, of a behaviour good or fault; null when none';
COMMENT ON COLUMN finding_history.call_count IS 'Calls of the night in which this run found it; 0 when only another run did';
COMMENT ON COLUMN finding_history.finding_count IS 'How often this run found it';
COMMENT ON COLUMN finding_history.night_call_count IS 'Calls of the night, with or without findings';
COMMENT ON COLUMN finding_history.share_of_calls IS 'call_count over night_call_count';
COMMENT ON COLUMN finding_history.call_change IS 'Calls more (or fewer, negative) than in the run before; null for the oldest kept run';
