SELECT night
FROM changed_night
ORDER BY night;
