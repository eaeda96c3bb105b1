SELECT DISTINCT
    night,
    run_id
FROM __table__;
