SELECT DISTINCT target_id FROM ticket WHERE name = $name AND state = 'skipped' AND handed_at > $since;
