-- check is_unique fail: 同一通话的同一问题出现多次
SELECT
    call_problem.call_id,
    call_problem.kind,
    call_problem.problem_id,
    count(*) AS row_count
FROM call_problem
WHERE call_problem.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY call_problem.call_id, call_problem.kind, call_problem.problem_id
HAVING count(*) > 1;

-- check counts_all_phrases fail: 问题表里说禁语的通话数与 taboo_hit 表不同
WITH said AS (
    SELECT DISTINCT
        taboo_hit.call_id,
        taboo_hit.kind,
        taboo_hit.phrase_id
    FROM taboo_hit
    INNER JOIN call ON taboo_hit.call_id = call.call_id AND taboo_hit.night = call.night
    WHERE NOT coalesce(call.is_role_uncertain, FALSE) AND taboo_hit.confidence >= 0.5
),

stored AS (
    SELECT count(*) AS stored_count
    FROM said
),

shown AS (
    SELECT count(*) AS shown_count
    FROM call_problem
    WHERE call_problem.kind IN ('forbidden', 'sensitive')
)

SELECT
    shown.shown_count,
    stored.stored_count
FROM shown
CROSS JOIN stored
WHERE shown.shown_count != stored.stored_count;
