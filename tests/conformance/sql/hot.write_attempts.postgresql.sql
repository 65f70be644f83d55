INSERT INTO queuectl_attempts (job_id, token, number, started_at, exit_code, signal, error, max_rss,
    cpu_ms, log_bytes, log_lost, state, worker_id, finished_at) SELECT ended.job_id, ended.token,
    ended.number, ended.started_at, ended.exit_code, ended.signal, ended.error, ended.max_rss,
    ended.cpu_ms, ended.log_bytes, ended.log_lost, ended.recorded, %(worker)s::BIGINT AS anon_1,
    CASE WHEN (ended.started_at + ended.run_ms < (SELECT coalesce(%(now)s::BIGINT,
    CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)))) THEN ended.started_at +
    ended.run_ms ELSE (SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) *
    1000 AS BIGINT))) END AS anon_2
FROM (SELECT coalesce(own.job_id, every.job_id) AS job_id, coalesce(own.token, every.token) AS
    token, coalesce(own.number, every.number) AS number, coalesce(own.started_at, every.started_at)
    AS started_at, coalesce(own.exit_code, every.exit_code) AS exit_code, coalesce(own.signal,
    every.signal) AS signal, coalesce(own.error, every.error) AS error, coalesce(own.max_rss,
    every.max_rss) AS max_rss, coalesce(own.cpu_ms, every.cpu_ms) AS cpu_ms, coalesce(own.log_bytes,
    every.log_bytes) AS log_bytes, coalesce(own.log_lost, every.log_lost) AS log_lost,
    coalesce(own.recorded, every.recorded) AS recorded, coalesce(own.run_ms, every.run_ms) AS run_ms
    FROM json_to_recordset(CAST(%(ended)s::VARCHAR AS JSON)) AS own(job_id BIGINT, token BIGINT,
    number INTEGER, started_at BIGINT, exit_code BIGINT, signal INTEGER, error TEXT, max_rss BIGINT,
    cpu_ms BIGINT, log_bytes BIGINT, log_lost BIGINT, recorded TEXT, run_ms BIGINT) CROSS JOIN
    json_to_record(CAST(%(ended_shared)s::VARCHAR AS JSON)) AS every(job_id BIGINT, token BIGINT,
    number INTEGER, started_at BIGINT, exit_code BIGINT, signal INTEGER, error TEXT, max_rss BIGINT,
    cpu_ms BIGINT, log_bytes BIGINT, log_lost BIGINT, recorded TEXT, run_ms BIGINT)) AS ended
