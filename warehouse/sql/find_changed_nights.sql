-- Nights whose rows must be replaced: another run counts, or other calls of it do.
CREATE TEMP TABLE changed_night AS
SELECT coalesce(wanted_run.night, loaded_run.night) AS night
FROM wanted_run
FULL JOIN loaded_run ON wanted_run.night = loaded_run.night AND wanted_run.run_id = loaded_run.run_id
WHERE wanted_run.night IS NULL OR loaded_run.night IS NULL
UNION
SELECT coalesce(wanted_call.night, call.night) AS night
FROM wanted_call
FULL JOIN call ON wanted_call.call_id = call.call_id AND wanted_call.night = call.night
WHERE wanted_call.call_id IS NULL OR call.call_id IS NULL;
