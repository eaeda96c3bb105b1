-- needs: call_overview
CREATE VIEW team_month AS
SELECT
    call_overview.team,
    date_trunc('month', call_overview.call_date)::DATE AS month,
    count(*) AS call_count,
    count(DISTINCT call_overview.agent_id) AS agent_count,
    count(*) FILTER (WHERE call_overview.is_complaint) AS complaint_count,
    count(*) FILTER (WHERE call_overview.is_complaint) / count(*) AS complaint_rate,
    count(*) FILTER (WHERE call_overview.tier = 'formal') AS formal_count,
    count(*) FILTER (WHERE call_overview.is_supervisor_asked OR call_overview.is_regulator_or_media_named)
    / count(*) AS escalation_rate,
    count(call_overview.forbidden_count) AS taboo_call_count,
    coalesce(sum(call_overview.forbidden_count), 0)::BIGINT AS forbidden_count,
    coalesce(sum(call_overview.sensitive_count), 0)::BIGINT AS sensitive_count,
    CASE
        WHEN count(call_overview.forbidden_count) > 0
            THEN 100 * sum(call_overview.forbidden_count) / count(call_overview.forbidden_count)
    END AS forbidden_per_100_calls,
    avg(call_overview.step_count) AS step_count_mean,
    count(call_overview.handling_score) AS scored_call_count,
    avg(call_overview.handling_score) AS handling_score_mean,
    stddev_samp(call_overview.handling_score) AS handling_score_stddev,
    CASE
        WHEN avg(call_overview.handling_score) > 0
            THEN stddev_samp(call_overview.handling_score) / avg(call_overview.handling_score)
    END AS handling_score_cv,
    coalesce(sum(call_overview.critical_error_count), 0)::BIGINT AS critical_error_count,
    count(call_overview.talk_s) AS talk_call_count,
    avg(call_overview.talk_s) AS talk_s_mean,
    stddev_samp(call_overview.talk_s) AS talk_s_stddev,
    CASE
        WHEN avg(call_overview.talk_s) > 0
            THEN stddev_samp(call_overview.talk_s) / avg(call_overview.talk_s)
    END AS talk_s_cv,
    avg(call_overview.silence_ratio) AS silence_ratio_mean,
    avg(call_overview.satisfaction) AS satisfaction_mean
FROM call_overview
GROUP BY call_overview.team, date_trunc('month', call_overview.call_date);

COMMENT ON VIEW team_month IS 'One row per team and month';
COMMENT ON COLUMN team_month.team IS 'Agent''s team; null for calls whose team is unknown, all together';
COMMENT ON COLUMN team_month.month IS 'First day of the month of call_date';
COMMENT ON COLUMN team_month.call_count IS 'Calls';
COMMENT ON COLUMN team_month.agent_count IS 'Different agents known by id';
COMMENT ON COLUMN team_month.complaint_count IS 'Calls whose tier is explicit or formal';
COMMENT ON COLUMN team_month.complaint_rate IS 'complaint_count / call_count, 0 to 1';
COMMENT ON COLUMN team_month.formal_count IS 'Calls whose tier is formal';
COMMENT ON COLUMN team_month.escalation_rate IS 'Share of calls in which the customer asks for a supervisor or names a regulator, court or media, 0 to 1';
COMMENT ON COLUMN team_month.taboo_call_count IS 'Calls whose roles are sure: the base of the next three';
COMMENT ON COLUMN team_month.forbidden_count IS 'Forbidden phrases said';
COMMENT ON COLUMN team_month.sensitive_count IS 'Sensitive wordings said';
COMMENT ON COLUMN team_month.forbidden_per_100_calls IS 'Forbidden phrases per 100 calls whose roles are sure; null without such a call';
COMMENT ON COLUMN team_month.step_count_mean IS 'Mean number of the five steps shown in a call, 0 to 5';
COMMENT ON COLUMN team_month.scored_call_count IS 'Calls with a handling score: the base of the next three';
COMMENT ON COLUMN team_month.handling_score_mean IS 'Mean handling score, 0 to 100';
COMMENT ON COLUMN team_month.handling_score_stddev IS 'Sample standard deviation of the handling score; null below two scored calls';
COMMENT ON COLUMN team_month.handling_score_cv IS 'Coefficient of variation of the handling score: stddev / mean';
COMMENT ON COLUMN team_month.critical_error_count IS 'Service-critical errors in calls whose roles are sure';
COMMENT ON COLUMN team_month.talk_call_count IS 'Calls whose talk_s was measured: the base of the next three';
COMMENT ON COLUMN team_month.talk_s_mean IS 'Mean talk time, seconds';
COMMENT ON COLUMN team_month.talk_s_stddev IS 'Sample standard deviation of talk time, seconds; null below two calls';
COMMENT ON COLUMN team_month.talk_s_cv IS 'Coefficient of variation of talk time: stddev / mean';
COMMENT ON COLUMN team_month.silence_ratio_mean IS 'Mean share of silence, 0 to 1';
COMMENT ON COLUMN team_month.satisfaction_mean IS 'Mean rating of rated calls, on the centre''s own scale';
