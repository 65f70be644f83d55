INSERT INTO queuectl_attempts (job_id, token, number, worker_id, started_at, exit_code, signal,
    error, max_rss, cpu_ms, log_bytes, state, finished_at) SELECT ended.job_id, ended.token,
    ended.number, ended.worker_id, ended.started_at, ended.exit_code, ended.signal, ended.error,
    ended.max_rss, ended.cpu_ms, ended.log_bytes, ended.recorded, :now AS anon_1
FROM (SELECT value ->> 'job_id' AS job_id, value ->> 'token' AS token, value ->> 'verb' AS verb,
    value ->> 'state' AS state, value ->> 'final' AS final, value ->> 'used' AS used, value ->>
    'crash' AS crash, value ->> 'delay_ms' AS delay_ms, value ->> 'note' AS note, value ->> 'result'
    AS result, value ->> 'worker_id' AS worker_id, value ->> 'number' AS number, value ->>
    'recorded' AS recorded, value ->> 'started_at' AS started_at, value ->> 'exit_code' AS
    exit_code, value ->> 'signal' AS signal, value ->> 'error' AS error, value ->> 'max_rss' AS
    max_rss, value ->> 'cpu_ms' AS cpu_ms, value ->> 'log_bytes' AS log_bytes, value ->>
    'fingerprint' AS fingerprint FROM json_each(:ended)) AS ended
