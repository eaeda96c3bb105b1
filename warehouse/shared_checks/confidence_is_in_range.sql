-- check confidence_is_in_range fail: 置信度不在 0 到 1 之间
SELECT
    __table__.call_id,
    __table__.confidence
FROM __table__
WHERE
    __table__.night IN (SELECT checked_night.night FROM checked_night)
    AND (__table__.confidence NOT BETWEEN 0 AND 1);
