DELETE FROM __table__
WHERE night IN (SELECT night FROM changed_night);
