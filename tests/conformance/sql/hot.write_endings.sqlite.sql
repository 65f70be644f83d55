INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT :now AS
    anon_1, ended.job_id, ended.verb, ended.state, ended.number - coalesce(ended.unused, 0) AS
    anon_2, :worker AS anon_3, ended.note, 0 AS anon_4
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:ended)), parsed AS MATERIALIZED
    (SELECT item ->> 'job_id' AS job_id, item ->> 'verb' AS verb, item ->> 'state' AS state, item
    ->> 'number' AS number, item ->> 'unused' AS unused, item ->> 'note' AS note FROM items) SELECT
    * FROM parsed) AS ended
