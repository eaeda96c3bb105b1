-- Teams that took calls in the nights that a pack may speak of.
SELECT DISTINCT call.team
FROM call
WHERE
    call.team IS NOT NULL
    AND call.night BETWEEN $night - $recent_nights - $before_nights + 1 AND $night
ORDER BY call.team ASC;
