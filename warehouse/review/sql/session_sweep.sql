DELETE FROM session WHERE is_local = 1 OR opened_at <= $opened_since;
