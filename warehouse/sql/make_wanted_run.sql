-- The run that counts for each night.
CREATE TEMP TABLE wanted_run (night DATE, run_id VARCHAR);
