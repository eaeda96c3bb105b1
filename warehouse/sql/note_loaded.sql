INSERT INTO loaded_run BY NAME
SELECT
    night,
    run_id,
    transcript_run_id,
    $digest AS schema_digest
FROM wanted_run;
