DELETE FROM ticket WHERE state IN ('open', 'lapsed', 'skipped', 'answered') AND handed_at < $since;
