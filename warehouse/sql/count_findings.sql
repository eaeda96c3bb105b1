-- How often a run found what. A call counts once per thing found.
WITH found AS (
    SELECT
        'cause' AS family,
        concat_ws('/', top_cause, sub_cause) AS finding,
        source AS part,
        call_id
    FROM read_parquet($cause_tag, hive_partitioning = false)
    UNION ALL
    SELECT
        'taboo' AS family,
        phrase_id AS finding,
        kind AS part,
        call_id
    FROM read_parquet($taboo_hit, hive_partitioning = false)
    UNION ALL
    SELECT
        'behaviour' AS family,
        behaviour AS finding,
        CASE WHEN is_good THEN 'good' ELSE 'fault' END AS part,
        call_id
    FROM read_parquet($behaviour, hive_partitioning = false)
    UNION ALL
    SELECT
        'escalation' AS family,
        kind AS finding,
        body AS part,
        call_id
    FROM read_parquet($escalation, hive_partitioning = false)
    UNION ALL
    SELECT
        'customer_type' AS family,
        customer_type AS finding,
        null AS part,
        call_id
    FROM read_parquet($customer_type, hive_partitioning = false)
    UNION ALL
    SELECT
        'tier' AS family,
        tier AS finding,
        null AS part,
        call_id
    FROM read_parquet($tier, hive_partitioning = false)
)

SELECT
    family,
    finding,
    part,
    count(DISTINCT call_id)::INTEGER AS call_count,
    count(*)::INTEGER AS finding_count
FROM found
GROUP BY ALL
ORDER BY ALL;
