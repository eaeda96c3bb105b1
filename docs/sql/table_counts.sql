SELECT
    c.table_name AS "表",
    c.estimated_size AS "行数"
FROM duckdb_tables() AS c
ORDER BY c.table_name;
