SELECT * FROM __table__ WHERE call_id = $call_id;
