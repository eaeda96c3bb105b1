-- Each source is brought to one row per call before it is joined, so that nothing is counted twice.
-- call_date goes along in every join: a filter on it then reaches all tables.
CREATE VIEW call_overview AS
WITH cause_ranked AS (
    SELECT
        call_id,
        call_date,
        top_cause,
        sub_cause,
        source,
        confidence,
        row_number() OVER (
            PARTITION BY call_id, call_date
            ORDER BY confidence DESC, top_cause ASC, sub_cause ASC NULLS LAST, source ASC
        ) AS place
    FROM cause_tag
),

cause AS (
    SELECT
        call_id,
        call_date,
        list_sort(list(DISTINCT top_cause)) AS top_causes,
        count(*) AS cause_tag_count,
        max(top_cause) FILTER (WHERE place = 1) AS main_top_cause,
        max(sub_cause) FILTER (WHERE place = 1) AS main_sub_cause,
        max(source) FILTER (WHERE place = 1) AS main_source
    FROM cause_ranked
    GROUP BY call_id, call_date
),

severity_rank (severity, severity_place) AS (
    VALUES ('low', 1), ('medium', 2), ('high', 3), ('critical', 4)
),

taboo AS (
    SELECT
        taboo_hit.call_id,
        taboo_hit.call_date,
        count(*) FILTER (WHERE taboo_hit.kind = 'forbidden') AS forbidden_count,
        count(*) FILTER (WHERE taboo_hit.kind = 'sensitive') AS sensitive_count,
        arg_max(taboo_hit.severity, severity_rank.severity_place) AS worst_severity
    FROM taboo_hit
    LEFT JOIN severity_rank ON taboo_hit.severity = severity_rank.severity
    GROUP BY taboo_hit.call_id, taboo_hit.call_date
),

conduct AS (
    SELECT
        call_id,
        call_date,
        count(*) FILTER (WHERE is_good) AS good_behaviour_count,
        count(*) FILTER (WHERE NOT is_good) AS fault_count,
        count(DISTINCT step) FILTER (WHERE is_good) AS step_count
    FROM behaviour
    GROUP BY call_id, call_date
),

escalated AS (
    SELECT
        call_id,
        call_date,
        bool_or(kind = 'supervisor') AS is_supervisor_asked,
        bool_or(kind = 'regulator_or_media') AS is_regulator_or_media_named
    FROM escalation
    GROUP BY call_id, call_date
),

caller AS (
    SELECT
        call_id,
        call_date,
        list_sort(list(DISTINCT customer_type)) AS customer_types
    FROM customer_type
    GROUP BY call_id, call_date
),

wanted AS (
    SELECT
        call_id,
        call_date,
        list_sort(list(DISTINCT motive)) AS motives
    FROM motive
    GROUP BY call_id, call_date
),

critical AS (
    SELECT
        call_id,
        call_date,
        count(*) AS critical_error_count
    FROM critical_error
    GROUP BY call_id, call_date
),

-- Signals whose name says whose number it is may come with or without a role: any one of them. Where a
-- signal has a row for the call and rows by role, the call's counts.
measured AS (
    SELECT
        call_id,
        call_date,
        max(value) FILTER (WHERE name = 'talk_s' AND role IS NULL) AS talk_s,
        max(value) FILTER (WHERE name = 'silence_ratio' AND role IS NULL) AS silence_ratio,
        max(value) FILTER (WHERE name = 'longest_silence_s' AND role IS NULL) AS longest_silence_s,
        max(value) FILTER (WHERE name = 'overlap_s' AND role IS NULL) AS overlap_s,
        max(value) FILTER (WHERE name = 'turn_count' AND role IS NULL) AS turn_count,
        max(value) FILTER (WHERE name = 'agent_talk_ratio') AS agent_talk_ratio,
        coalesce(
            max(value) FILTER (WHERE name = 'interruption_count' AND role IS NULL),
            sum(value) FILTER (WHERE name = 'interruption_count')
        ) AS interruption_count,
        max(value) FILTER (WHERE name = 'repeated_agent_sentence_count') AS repeated_agent_sentence_count,
        max(value) FILTER (WHERE name = 'agent_chars_per_s') AS agent_chars_per_s,
        max(value) FILTER (WHERE name = 'customer_chars_per_s') AS customer_chars_per_s
    FROM signal
    GROUP BY call_id, call_date
),

heard AS (
    SELECT
        call_id,
        call_date,
        sum(speech_s) AS speech_s,
        sum(suspect_s) + sum(unrecognised_s) AS unheard_s
    FROM recognition_audit
    GROUP BY call_id, call_date
)

SELECT
    call.call_id,
    call.night,
    call.call_date,
    call.run_id,
    call.started_at,
    call.direction,
    call.line_of_business,
    call.queue,
    call.team,
    call.agent_id,
    date_diff('day', call.agent_on_line_since, call.call_date) AS tenure_days,
    CASE
        WHEN call.agent_on_line_since IS NULL OR call.agent_on_line_since > call.call_date THEN NULL
        WHEN date_diff('day', call.agent_on_line_since, call.call_date) < 90 THEN 'early'
        WHEN date_diff('day', call.agent_on_line_since, call.call_date) < 180 THEN 'middle'
        WHEN date_diff('day', call.agent_on_line_since, call.call_date) < 365 THEN 'late'
        ELSE 'veteran'
    END AS tenure_stage,
    call.customer_key,
    call.duration_s,
    measured.talk_s,
    call.hold_s,
    call.acw_s,
    call.duration_s + call.acw_s AS handling_s,
    call.satisfaction,
    call.transferred_to_supervisor,
    tier.tier,
    coalesce(tier.tier IN ('explicit', 'formal'), FALSE) AS is_complaint,
    coalesce(cause.top_causes, []) AS top_causes,
    coalesce(cause.cause_tag_count, 0) AS cause_tag_count,
    cause.main_top_cause,
    cause.main_sub_cause,
    cause.main_source,
    coalesce(call.is_role_uncertain, FALSE) AS is_role_uncertain,
    CASE WHEN NOT coalesce(call.is_role_uncertain, FALSE) THEN coalesce(taboo.forbidden_count, 0) END
        AS forbidden_count,
    CASE WHEN NOT coalesce(call.is_role_uncertain, FALSE) THEN coalesce(taboo.sensitive_count, 0) END
        AS sensitive_count,
    CASE WHEN NOT coalesce(call.is_role_uncertain, FALSE) THEN taboo.worst_severity END AS worst_severity,
    coalesce(conduct.good_behaviour_count, 0) AS good_behaviour_count,
    coalesce(conduct.fault_count, 0) AS fault_count,
    coalesce(conduct.step_count, 0) AS step_count,
    CASE WHEN NOT coalesce(call.is_role_uncertain, FALSE) THEN handling_score.total END AS handling_score,
    CASE WHEN NOT coalesce(call.is_role_uncertain, FALSE) THEN coalesce(critical.critical_error_count, 0) END
        AS critical_error_count,
    coalesce(escalated.is_supervisor_asked, FALSE) AS is_supervisor_asked,
    coalesce(escalated.is_regulator_or_media_named, FALSE) AS is_regulator_or_media_named,
    coalesce(caller.customer_types, []) AS customer_types,
    coalesce(wanted.motives, []) AS motives,
    measured.silence_ratio,
    measured.longest_silence_s,
    measured.overlap_s,
    measured.agent_talk_ratio,
    measured.interruption_count,
    measured.repeated_agent_sentence_count,
    measured.agent_chars_per_s,
    measured.customer_chars_per_s,
    measured.turn_count,
    heard.speech_s,
    CASE WHEN heard.speech_s > 0 THEN heard.unheard_s / heard.speech_s END AS unheard_ratio
FROM call
LEFT JOIN tier ON call.call_id = tier.call_id AND call.call_date = tier.call_date
LEFT JOIN cause ON call.call_id = cause.call_id AND call.call_date = cause.call_date
LEFT JOIN taboo ON call.call_id = taboo.call_id AND call.call_date = taboo.call_date
LEFT JOIN conduct ON call.call_id = conduct.call_id AND call.call_date = conduct.call_date
LEFT JOIN escalated ON call.call_id = escalated.call_id AND call.call_date = escalated.call_date
LEFT JOIN caller ON call.call_id = caller.call_id AND call.call_date = caller.call_date
LEFT JOIN wanted ON call.call_id = wanted.call_id AND call.call_date = wanted.call_date
LEFT JOIN critical ON call.call_id = critical.call_id AND call.call_date = critical.call_date
LEFT JOIN
    handling_score
    ON call.call_id = handling_score.call_id AND call.call_date = handling_score.call_date
LEFT JOIN measured ON call.call_id = measured.call_id AND call.call_date = measured.call_date
LEFT JOIN heard ON call.call_id = heard.call_id AND call.call_date = heard.call_date;

COMMENT ON VIEW call_overview IS 'One row per call: who and when, how dissatisfied and why, what the agent did, how it sounded';
COMMENT ON COLUMN call_overview.call_id IS 'Identity of the call';
COMMENT ON COLUMN call_overview.night IS 'Date of the drop folder the recording was delivered in';
COMMENT ON COLUMN call_overview.call_date IS 'Local business day of the call';
COMMENT ON COLUMN call_overview.run_id IS 'Run that wrote the call; see table run';
COMMENT ON COLUMN call_overview.started_at IS 'Start of the call, UTC; null when unknown';
COMMENT ON COLUMN call_overview.direction IS 'inbound or outbound, as the manifest has it';
COMMENT ON COLUMN call_overview.line_of_business IS 'Line of business; null when unknown';
COMMENT ON COLUMN call_overview.queue IS 'Queue or skill group of the switch; null when unknown';
COMMENT ON COLUMN call_overview.team IS 'Agent''s team; null when unknown';
COMMENT ON COLUMN call_overview.agent_id IS 'Agent''s job number or id; null when unknown';
COMMENT ON COLUMN call_overview.tenure_days IS 'Days from the agent''s first day on line to call_date; null when unknown';
COMMENT ON COLUMN call_overview.tenure_stage IS 'early (below 90 days), middle (below 180), late (below 365) or veteran; null when unknown';
COMMENT ON COLUMN call_overview.customer_key IS 'Pseudonymous customer; null when unknown';
COMMENT ON COLUMN call_overview.duration_s IS 'Length of the recording, seconds';
COMMENT ON COLUMN call_overview.talk_s IS 'Talk time, seconds; null when not measured';
COMMENT ON COLUMN call_overview.hold_s IS 'Seconds on hold, from the switch; null when unknown';
COMMENT ON COLUMN call_overview.acw_s IS 'After-call work, seconds; null when unknown';
COMMENT ON COLUMN call_overview.handling_s IS 'duration_s + acw_s, seconds; null without after-call work: then use talk_s';
COMMENT ON COLUMN call_overview.satisfaction IS 'Customer''s rating on the centre''s own scale; null when none';
COMMENT ON COLUMN call_overview.transferred_to_supervisor IS 'Whether the switch says so; null when unknown';
COMMENT ON COLUMN call_overview.tier IS 'none, latent, explicit or formal';
COMMENT ON COLUMN call_overview.is_complaint IS 'True for tiers explicit and formal';
COMMENT ON COLUMN call_overview.top_causes IS 'Different top causes of the call, by name; empty when none';
COMMENT ON COLUMN call_overview.cause_tag_count IS 'Rows of cause_tag for the call';
COMMENT ON COLUMN call_overview.main_top_cause IS 'Top cause of the surest tag; null when none';
COMMENT ON COLUMN call_overview.main_sub_cause IS 'Sub-cause of the surest tag; null when only the top level is sure';
COMMENT ON COLUMN call_overview.main_source IS 'Source of the surest tag: customer_stated or observed_on_call';
COMMENT ON COLUMN call_overview.is_role_uncertain IS 'Whether it is not sure who the agent is: then no taboo hit counts, and role_review lists the call';
COMMENT ON COLUMN call_overview.forbidden_count IS 'Forbidden phrases the agent said; null when the roles are uncertain';
COMMENT ON COLUMN call_overview.sensitive_count IS 'Sensitive wordings the agent said; null when the roles are uncertain';
COMMENT ON COLUMN call_overview.worst_severity IS 'Highest severity among them: low, medium, high or critical; null when none';
COMMENT ON COLUMN call_overview.good_behaviour_count IS 'Good behaviours found';
COMMENT ON COLUMN call_overview.fault_count IS 'Behaviour faults found';
COMMENT ON COLUMN call_overview.step_count IS 'Steps of the five-step method that were shown at least once, 0 to 5';
COMMENT ON COLUMN call_overview.handling_score IS 'How the call was handled, 0 to 100, see handling_score and score_part; null when it abstains or the roles are uncertain';
COMMENT ON COLUMN call_overview.critical_error_count IS 'Service-critical errors; null when the roles are uncertain';
COMMENT ON COLUMN call_overview.is_supervisor_asked IS 'Whether the customer asks for a supervisor';
COMMENT ON COLUMN call_overview.is_regulator_or_media_named IS 'Whether the customer names a regulator, a court or the media';
COMMENT ON COLUMN call_overview.customer_types IS 'Kinds of caller recognised, by name; empty when none';
COMMENT ON COLUMN call_overview.motives IS 'What the customer is after, by name; empty when nothing was heard';
COMMENT ON COLUMN call_overview.silence_ratio IS 'Share of the call in which nobody speaks, 0 to 1';
COMMENT ON COLUMN call_overview.longest_silence_s IS 'Longest silence, seconds';
COMMENT ON COLUMN call_overview.overlap_s IS 'Seconds in which both speak';
COMMENT ON COLUMN call_overview.agent_talk_ratio IS 'Agent''s share of all speech, 0 to 1';
COMMENT ON COLUMN call_overview.interruption_count IS 'Interruptions';
COMMENT ON COLUMN call_overview.repeated_agent_sentence_count IS 'Sentences that the agent says again';
COMMENT ON COLUMN call_overview.agent_chars_per_s IS 'Agent''s speech rate, characters per second of speech';
COMMENT ON COLUMN call_overview.customer_chars_per_s IS 'Customer''s speech rate, characters per second of speech';
COMMENT ON COLUMN call_overview.turn_count IS 'Turns of the call';
COMMENT ON COLUMN call_overview.speech_s IS 'Detected speech on all channels, seconds';
COMMENT ON COLUMN call_overview.unheard_ratio IS 'Share of that speech whose text is suspect or missing, 0 to 1: a high value means, do not trust the row';
