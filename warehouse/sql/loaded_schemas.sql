SELECT DISTINCT schema_digest
FROM loaded_run;
