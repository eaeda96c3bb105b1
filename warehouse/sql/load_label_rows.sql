-- What people said. A row may lie in two files (a merge of small ones that was killed): it counts once.
INSERT INTO __table__ BY NAME
SELECT __columns__
FROM read_parquet($files, union_by_name = true, hive_partitioning = false)
QUALIFY row_number() OVER (PARTITION BY label_id ORDER BY labelled_at) = 1;
