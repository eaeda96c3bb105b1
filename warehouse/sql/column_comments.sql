SELECT
    column_name,
    replace(data_type, '"', '') AS type,
    CASE WHEN is_nullable THEN 'yes' ELSE '' END AS is_null,
    comment
FROM duckdb_columns()
WHERE table_name = $name
ORDER BY column_index;
