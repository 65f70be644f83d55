INSERT INTO queuectl_attempts (job_id, token, number, started_at, exit_code, signal, error, max_rss,
    cpu_ms, log_bytes, log_lost, state, worker_id, finished_at) SELECT ended.job_id, ended.token,
    ended.number, ended.started_at, ended.exit_code, ended.signal, ended.error, ended.max_rss,
    ended.cpu_ms, ended.log_bytes, ended.log_lost, ended.recorded, %(worker)s::BIGINT AS anon_1,
    CASE WHEN (ended.started_at + ended.run_ms < (SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)))) THEN ended.started_at +
    ended.run_ms ELSE (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) *
    1000 AS BIGINT))) END AS anon_2
FROM json_to_recordset(CAST(%(ended)s::VARCHAR AS JSON)) AS ended(job_id BIGINT, token BIGINT,
    number INTEGER, started_at BIGINT, exit_code BIGINT, signal INTEGER, error TEXT, max_rss BIGINT,
    cpu_ms BIGINT, log_bytes BIGINT, log_lost BIGINT, recorded TEXT, run_ms BIGINT)
