-- Rows of runs that are no longer kept.
DELETE FROM __table__
WHERE (night, run_id) NOT IN (
    SELECT
        unnest($nights::DATE[]) AS night,
        unnest($run_ids::VARCHAR[]) AS run_id
);
