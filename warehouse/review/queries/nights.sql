SELECT DISTINCT night
FROM call
WHERE ($first IS NULL OR night >= $first) AND ($last IS NULL OR night <= $last)
ORDER BY night DESC
LIMIT $night_count;
