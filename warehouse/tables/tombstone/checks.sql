-- check is_unique fail: 同一条删除记录出现多次
SELECT
    tombstone_id,
    count(*) AS row_count
FROM tombstone
GROUP BY tombstone_id
HAVING count(*) > 1;

-- check scope_is_known fail: 删除记录的范围或种类不在约定的取值之内
SELECT
    tombstone_id,
    scope,
    kind
FROM tombstone
WHERE
    scope NOT IN ('call', 'night', 'recordings')
    OR kind NOT IN ('request', 'retention')
    OR (scope = 'call') != (call_hash IS NOT NULL)
    OR (scope != 'call' AND night IS NULL);

-- check hashes_are_hashes fail: 删除记录里不是散列值
SELECT tombstone_id
FROM tombstone
WHERE NOT regexp_full_match(call_hash, '[0-9a-f]{64}') OR NOT regexp_full_match(recording_hash, '[0-9a-f]{64}');

-- check is_in_order warn: 删除完成早于要求删除
SELECT tombstone_id
FROM tombstone
WHERE done_at < requested_at OR call_count < 0;
