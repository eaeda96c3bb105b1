-- Is the night in the warehouse, and which is the newest?
SELECT
    max(call.night) AS newest,
    coalesce(bool_or(call.night = $night), FALSE) AS is_there
FROM call;
