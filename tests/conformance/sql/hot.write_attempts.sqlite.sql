INSERT INTO queuectl_attempts (job_id, token, number, started_at, exit_code, signal, error, max_rss,
    cpu_ms, log_bytes, log_lost, state, worker_id, finished_at) SELECT ended.job_id, ended.token,
    ended.number, ended.started_at, ended.exit_code, ended.signal, ended.error, ended.max_rss,
    ended.cpu_ms, ended.log_bytes, ended.log_lost, ended.recorded, :worker AS anon_1, CASE WHEN
    (ended.started_at + ended.run_ms < :now) THEN ended.started_at + ended.run_ms ELSE :now END AS
    anon_2
FROM temp.queuectl_ended AS ended
