-- needs: call_overview
-- Calls are counted, never tags: a call with two fees sub-causes is one call of fees. The base of every
-- share is all calls of the day and line, counted on its own.
CREATE VIEW cause_daily AS
WITH base AS (
    SELECT
        call_date,
        line_of_business,
        count(*) AS all_call_count
    FROM call
    GROUP BY call_date, line_of_business
),

tagged AS (
    SELECT
        call_overview.call_date,
        call_overview.line_of_business,
        cause_tag.top_cause,
        cause_tag.sub_cause,
        cause_tag.source,
        call_overview.call_id,
        call_overview.is_complaint
    FROM cause_tag
    INNER JOIN call_overview
        ON cause_tag.call_id = call_overview.call_id AND cause_tag.call_date = call_overview.call_date
),

counted AS (
    SELECT
        call_date,
        line_of_business,
        'top' AS level,
        top_cause,
        NULL AS sub_cause,
        source,
        count(DISTINCT call_id) AS call_count,
        count(DISTINCT call_id) FILTER (WHERE is_complaint) AS complaint_count
    FROM tagged
    GROUP BY call_date, line_of_business, top_cause, source
    UNION ALL
    SELECT
        call_date,
        line_of_business,
        'sub' AS level,
        top_cause,
        sub_cause,
        source,
        count(DISTINCT call_id) AS call_count,
        count(DISTINCT call_id) FILTER (WHERE is_complaint) AS complaint_count
    FROM tagged
    GROUP BY call_date, line_of_business, top_cause, sub_cause, source
)

SELECT
    counted.call_date,
    counted.line_of_business,
    counted.level,
    counted.top_cause,
    counted.sub_cause,
    counted.source,
    counted.call_count,
    base.all_call_count,
    counted.call_count / base.all_call_count AS call_share,
    counted.complaint_count,
    counted.complaint_count / base.all_call_count AS complaint_rate
FROM counted
INNER JOIN base
    ON
        counted.call_date = base.call_date
        AND counted.line_of_business IS NOT DISTINCT FROM base.line_of_business;

COMMENT ON VIEW cause_daily IS 'One row per day, line of business, cause and source, at two levels. A call may have several causes: shares of different causes do not add up to 1';
COMMENT ON COLUMN cause_daily.call_date IS 'Local business day';
COMMENT ON COLUMN cause_daily.line_of_business IS 'Line of business; null for calls whose line is unknown';
COMMENT ON COLUMN cause_daily.level IS 'top: one row per top cause; sub: one row per sub-cause. Choose one before adding anything up';
COMMENT ON COLUMN cause_daily.top_cause IS 'fees, skill, attitude, process, product or other';
COMMENT ON COLUMN cause_daily.sub_cause IS 'Second level; null at level top, and at level sub where only the top level is sure';
COMMENT ON COLUMN cause_daily.source IS 'customer_stated or observed_on_call';
COMMENT ON COLUMN cause_daily.call_count IS 'Different calls with this cause';
COMMENT ON COLUMN cause_daily.all_call_count IS 'All calls of the day and line, with or without a cause';
COMMENT ON COLUMN cause_daily.call_share IS 'call_count / all_call_count, 0 to 1';
COMMENT ON COLUMN cause_daily.complaint_count IS 'Calls with this cause whose tier is explicit or formal';
COMMENT ON COLUMN cause_daily.complaint_rate IS 'complaint_count / all_call_count, 0 to 1';
