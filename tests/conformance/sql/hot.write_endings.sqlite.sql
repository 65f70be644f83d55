INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS
    anon_1, ended.job_id, ended.verb, ended.state, (ended.number - :number_1) + ended.used AS
    anon_2, ended.worker_id, ended.note, 0 AS anon_3
FROM (SELECT value ->> 'job_id' AS job_id, value ->> 'token' AS token, value ->> 'verb' AS verb,
    value ->> 'state' AS state, value ->> 'final' AS final, value ->> 'used' AS used, value ->>
    'crash' AS crash, value ->> 'delay_ms' AS delay_ms, value ->> 'note' AS note, value ->> 'result'
    AS result, value ->> 'worker_id' AS worker_id, value ->> 'number' AS number, value ->>
    'recorded' AS recorded, value ->> 'started_at' AS started_at, value ->> 'exit_code' AS
    exit_code, value ->> 'signal' AS signal, value ->> 'error' AS error, value ->> 'max_rss' AS
    max_rss, value ->> 'cpu_ms' AS cpu_ms, value ->> 'log_bytes' AS log_bytes, value ->>
    'fingerprint' AS fingerprint FROM json_each(:ended)) AS ended
