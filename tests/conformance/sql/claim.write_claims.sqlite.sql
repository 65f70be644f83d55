INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, tx) SELECT :now AS anon_1,
    taken.job_id, 'claim', 'running', taken.attempt, :worker AS anon_2, 0 AS anon_3
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:taken)), parsed AS MATERIALIZED
    (SELECT item ->> 'job_id' AS job_id, item ->> 'attempt' AS attempt FROM items) SELECT * FROM
    parsed) AS taken
