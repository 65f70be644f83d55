INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS
    anon_1, ended.job_id, ended.verb, ended.state, ended.number - coalesce(ended.unused, 0) AS
    anon_2, :worker AS anon_3, ended.note, 0 AS anon_4
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ended)) SELECT item ->>
    'job_id' AS job_id, item ->> 'token' AS token, item ->> 'verb' AS verb, item ->> 'state' AS
    state, item ->> 'unused' AS unused, item ->> 'crash' AS crash, item ->> 'delay_ms' AS delay_ms,
    item ->> 'note' AS note, item ->> 'result' AS result, item ->> 'number' AS number, item ->>
    'recorded' AS recorded, item ->> 'started_at' AS started_at, item ->> 'exit_code' AS exit_code,
    item ->> 'signal' AS signal, item ->> 'error' AS error, item ->> 'max_rss' AS max_rss, item ->>
    'cpu_ms' AS cpu_ms, item ->> 'log_bytes' AS log_bytes, item ->> 'log_lost' AS log_lost, item ->>
    'fingerprint' AS fingerprint FROM items) AS ended
