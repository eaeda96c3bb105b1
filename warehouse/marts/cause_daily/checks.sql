-- check share_is_in_range fail: 占比不在 0 到 1 之间,或投诉多于通话
SELECT
    cause_daily.call_date,
    cause_daily.line_of_business,
    cause_daily.top_cause,
    cause_daily.sub_cause
FROM cause_daily
WHERE cause_daily.call_share NOT BETWEEN 0 AND 1 OR cause_daily.complaint_count > cause_daily.call_count;

-- check is_unique fail: 同一天、业务、原因、来源出现多行
SELECT
    cause_daily.call_date,
    cause_daily.line_of_business,
    cause_daily.level,
    cause_daily.top_cause,
    cause_daily.sub_cause,
    cause_daily.source,
    count(*) AS row_count
FROM cause_daily
GROUP BY ALL
HAVING count(*) > 1;
