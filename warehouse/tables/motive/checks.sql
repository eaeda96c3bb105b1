-- shared: has_call, confidence_is_in_range, evidence_fits_turn, has_evidence

-- check is_unique fail: 同一通话的同一诉求出现多次
SELECT
    motive.call_id,
    motive.motive,
    count(*) AS row_count
FROM motive
WHERE motive.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check motive_is_known fail: motive 不在约定的取值之内
SELECT
    motive.call_id,
    motive.motive
FROM motive
WHERE
    motive.night IN (SELECT checked_night.night FROM checked_night)
    AND (motive.motive NOT IN ('respect', 'being_heard', 'care', 'solution', 'compensation', 'exchange'));
