SELECT
    night,
    run_id
FROM loaded_run;
