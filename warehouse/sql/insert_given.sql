INSERT INTO __table__ BY NAME
SELECT *
FROM given_rows;
