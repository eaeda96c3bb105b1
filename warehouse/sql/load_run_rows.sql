INSERT INTO __table__ BY NAME
SELECT __columns__
FROM read_parquet($files, union_by_name = true, hive_partitioning = false);
