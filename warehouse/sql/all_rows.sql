SELECT * FROM __table__;
