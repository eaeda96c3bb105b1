COPY (SELECT * FROM __table__) TO $path (FORMAT parquet, COMPRESSION zstd);
