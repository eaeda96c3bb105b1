INSERT INTO checked_night
SELECT night
FROM loaded_run;
