INSERT INTO queuectl_attempts (job_id, token, number, started_at, exit_code, signal, error, max_rss,
    cpu_ms, log_bytes, log_lost, state, worker_id, finished_at) SELECT ended.job_id, ended.token,
    ended.number, ended.started_at, ended.exit_code, ended.signal, ended.error, ended.max_rss,
    ended.cpu_ms, ended.log_bytes, ended.log_lost, ended.recorded, :worker AS anon_1, :now AS anon_2
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ended)), parsed AS MATERIALIZED
    (SELECT item ->> 'job_id' AS job_id, item ->> 'token' AS token, item ->> 'number' AS number,
    item ->> 'started_at' AS started_at, item ->> 'exit_code' AS exit_code, item ->> 'signal' AS
    signal, item ->> 'error' AS error, item ->> 'max_rss' AS max_rss, item ->> 'cpu_ms' AS cpu_ms,
    item ->> 'log_bytes' AS log_bytes, item ->> 'log_lost' AS log_lost, item ->> 'recorded' AS
    recorded FROM items) SELECT * FROM parsed) AS ended
