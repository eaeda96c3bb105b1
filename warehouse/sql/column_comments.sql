-- A view's columns may always be null as far as the catalogue knows: there the comment says it.
SELECT
    columns.column_name,
    columns.data_type AS type,
    CASE WHEN columns.is_nullable AND NOT views.is_view THEN 'yes' ELSE '' END AS is_null,
    columns.comment
FROM duckdb_columns() AS columns
CROSS JOIN (SELECT count(*) > 0 AS is_view FROM duckdb_views() WHERE view_name = $name) AS views
WHERE columns.table_name = $name
ORDER BY columns.column_index;
