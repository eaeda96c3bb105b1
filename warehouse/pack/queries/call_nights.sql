-- The first and last night of some calls.
SELECT
    min(call.night) AS first_night,
    max(call.night) AS last_night
FROM call
WHERE call.call_id IN (SELECT unnest($call_ids));
