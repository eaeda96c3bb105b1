-- Calls and nights from $first to $last.
SELECT
    count(*)::INTEGER AS call_count,
    count(DISTINCT night)::INTEGER AS night_count
FROM call
WHERE night BETWEEN $first AND $last;
