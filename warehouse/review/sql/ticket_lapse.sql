UPDATE ticket SET state = 'lapsed' WHERE state = 'open' AND lapses_at <= $at;
