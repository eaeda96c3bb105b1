-- check is_unique fail: 同一案例出现多次
SELECT
    library_case.case_id,
    count(*) AS row_count
FROM library_case
WHERE library_case.night IN (SELECT checked_night.night FROM checked_night)
GROUP BY ALL
HAVING count(*) > 1;

-- check has_call fail: 有案例不属于任何通话
SELECT
    library_case.case_id,
    library_case.call_id
FROM library_case
ANTI JOIN call ON library_case.call_id = call.call_id
WHERE library_case.night IN (SELECT checked_night.night FROM checked_night);

-- check focus_is_ordered fail: 案例片段起止颠倒
SELECT library_case.case_id
FROM library_case
WHERE
    library_case.night IN (SELECT checked_night.night FROM checked_night)
    AND (
        library_case.focus_start_s < 0 OR library_case.focus_end_s < library_case.focus_start_s OR library_case.rank < 1
    );

-- check pair_has_two_sides warn: 对比案例缺少好或坏的一方
SELECT
    library_case.pair_key,
    count(*) AS side_count
FROM library_case
WHERE
    library_case.night IN (SELECT checked_night.night FROM checked_night)
    AND library_case.pair_key IS NOT NULL
GROUP BY ALL
HAVING count(DISTINCT library_case.side) != 2;
