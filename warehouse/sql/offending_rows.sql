-- A few of the rows that a check selects, and how many there are in all.
SELECT
    found.*,
    count(*) OVER () AS offending_count
FROM (
    __check__
) AS found
ORDER BY ALL
LIMIT 3;
