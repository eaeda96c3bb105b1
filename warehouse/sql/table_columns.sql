SELECT *
FROM __table__
WHERE false;
