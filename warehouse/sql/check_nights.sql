INSERT INTO checked_night
SELECT unnest($nights::DATE[]) AS night;
