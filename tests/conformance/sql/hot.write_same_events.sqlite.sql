INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx) SELECT :now AS anon_1,
    moves.job_id, :verb AS anon_2, :state AS anon_3, :attempt AS anon_4, 0 AS anon_5
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:moves)), parsed AS MATERIALIZED
    (SELECT item ->> 'job_id' AS job_id FROM items) SELECT * FROM parsed) AS moves
