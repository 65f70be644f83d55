INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS
    anon_1, moves.job_id, moves.verb, moves.state, moves.attempt, moves.worker_id, moves.note, 0 AS
    anon_2
FROM (SELECT value ->> 'job_id' AS job_id, value ->> 'verb' AS verb, value ->> 'state' AS state,
    value ->> 'attempt' AS attempt, value ->> 'worker_id' AS worker_id, value ->> 'note' AS note
    FROM json_each(:moves)) AS moves
