DELETE FROM loaded_run;
