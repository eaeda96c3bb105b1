-- Rows of the changed nights, but for calls that a later night delivered again.
INSERT INTO __table__ BY NAME
SELECT __columns__
FROM read_parquet($files, union_by_name = true, hive_partitioning = false)
WHERE (call_id, night) IN (
    SELECT
        wanted_call.call_id,
        wanted_call.night
    FROM wanted_call
    WHERE wanted_call.night IN (SELECT changed_night.night FROM changed_night)
);
