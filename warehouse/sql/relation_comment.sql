SELECT comment
FROM duckdb_tables()
WHERE table_name = $name
UNION ALL
SELECT comment
FROM duckdb_views()
WHERE view_name = $name;
