DELETE FROM __table__;
