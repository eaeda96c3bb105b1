-- What is known of the calls that may become cases: $call_ids, of the nights $nights.
-- $confidence: how sure a cause or a customer type must be.
WITH cause AS (
    SELECT
        t.call_id,
        t.top_cause,
        t.sub_cause,
        MAX(t.confidence) AS confidence
    FROM cause_tag AS t
    WHERE
        t.night IN (SELECT UNNEST($nights))
        AND t.call_id IN (SELECT UNNEST($call_ids))
        AND t.source = 'customer_stated'
        AND t.confidence >= $confidence
    GROUP BY t.call_id, t.top_cause, t.sub_cause
),

complaint AS (
    SELECT
        c.call_id,
        LIST(
            { 'top_cause': c.top_cause, 'sub_cause': c.sub_cause, 'confidence': c.confidence }
            ORDER BY c.confidence DESC, c.top_cause ASC, c.sub_cause ASC
        ) AS causes
    FROM cause AS c
    GROUP BY c.call_id
),

caller AS (
    SELECT
        k.call_id,
        LIST_SORT(LIST(DISTINCT k.customer_type)) AS customer_types
    FROM customer_type AS k
    WHERE
        k.night IN (SELECT UNNEST($nights))
        AND k.call_id IN (SELECT UNNEST($call_ids))
        AND k.confidence >= $confidence
    GROUP BY k.call_id
)

SELECT
    c.call_id,
    c.night,
    c.call_date,
    c.recording_digest,
    c.customer_key,
    c.agent_id,
    c.team,
    c.line_of_business,
    COALESCE(p.causes, []) AS causes,
    COALESCE(k.customer_types, []) AS customer_types
FROM call AS c
LEFT JOIN complaint AS p ON c.call_id = p.call_id
LEFT JOIN caller AS k ON c.call_id = k.call_id
WHERE c.night IN (SELECT UNNEST($nights)) AND c.call_id IN (SELECT UNNEST($call_ids));
