-- check has_call fail: 有记录不属于任何通话
SELECT
    __table__.call_id,
    __table__.night
FROM __table__
ANTI JOIN
    call
    ON __table__.call_id = call.call_id AND __table__.night = call.night AND __table__.call_date = call.call_date
WHERE __table__.night IN (SELECT checked_night.night FROM checked_night);
