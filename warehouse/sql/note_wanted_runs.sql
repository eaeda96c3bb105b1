INSERT INTO wanted_run
SELECT
    unnest($nights::DATE[]) AS night,
    unnest($run_ids::VARCHAR[]) AS run_id,
    unnest($transcripts::VARCHAR[]) AS transcript_run_id;
