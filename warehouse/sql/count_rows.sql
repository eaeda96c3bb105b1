SELECT count(*) AS row_count FROM __table__;
