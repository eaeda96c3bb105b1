-- check is_unique fail: 同一晚装载了多次运行
SELECT
    night,
    count(*) AS row_count
FROM loaded_run
GROUP BY night
HAVING count(*) > 1;

-- check has_run fail: 已装载的夜晚没有运行记录
SELECT
    loaded_run.night,
    loaded_run.run_id
FROM loaded_run
ANTI JOIN run ON loaded_run.night = run.night AND loaded_run.run_id = run.run_id;

-- check has_transcript_run fail: 已装载的夜晚没有转写它的运行记录
SELECT
    loaded_run.night,
    loaded_run.transcript_run_id
FROM loaded_run
ANTI JOIN run ON loaded_run.night = run.night AND loaded_run.transcript_run_id = run.run_id;

-- check has_one_schema fail: 仓库混用了不同版本的表结构
SELECT DISTINCT schema_digest
FROM loaded_run
WHERE (SELECT count(DISTINCT all_runs.schema_digest) FROM loaded_run AS all_runs) > 1;
