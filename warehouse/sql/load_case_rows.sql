-- Cases whose call was delivered again after they were chosen speak of a recording that no longer counts.
INSERT INTO __table__ BY NAME
SELECT __columns__
FROM read_parquet($files, union_by_name = true, hive_partitioning = false) AS chosen
WHERE EXISTS (
    SELECT 1 AS found
    FROM wanted_call
    WHERE wanted_call.call_id = chosen.call_id AND wanted_call.night <= chosen.night
);
