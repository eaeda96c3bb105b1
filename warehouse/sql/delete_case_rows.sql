-- Cases may speak of calls of other nights: few rows, all of them loaded anew.
DELETE FROM __table__;
