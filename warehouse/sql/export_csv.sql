COPY (SELECT * FROM __table__) TO $path (FORMAT csv, HEADER true);
