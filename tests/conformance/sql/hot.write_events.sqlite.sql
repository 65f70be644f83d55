INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS
    anon_1, moves.job_id, moves.verb, moves.state, moves.attempt, moves.worker_id, moves.note, 0 AS
    anon_2
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:moves)), parsed AS MATERIALIZED
    (SELECT item ->> 'job_id' AS job_id, item ->> 'verb' AS verb, item ->> 'state' AS state, item
    ->> 'attempt' AS attempt, item ->> 'worker_id' AS worker_id, item ->> 'note' AS note FROM items)
    SELECT * FROM parsed) AS moves
