-- check has_evidence fail: 有结论没有依据
SELECT __table__.call_id
FROM __table__
WHERE
    __table__.night IN (SELECT checked_night.night FROM checked_night)
    AND (len(__table__.evidence) = 0);
