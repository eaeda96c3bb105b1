-- The run that counts for each night, and the run whose transcripts it reads.
CREATE TEMP TABLE wanted_run (night DATE, run_id VARCHAR, transcript_run_id VARCHAR);
