-- For each call the latest night that has it: its rows of earlier nights do not count.
CREATE TEMP TABLE wanted_call (call_id VARCHAR, night DATE, run_id VARCHAR);
