INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS
    anon_1, moves.job_id, :verb AS anon_2, :state AS anon_3, :attempt AS anon_4, :worker_id AS
    anon_5, :note AS anon_6, 0 AS anon_7
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:moves)), parsed AS MATERIALIZED
    (SELECT item ->> 'job_id' AS job_id FROM items) SELECT * FROM parsed) AS moves
