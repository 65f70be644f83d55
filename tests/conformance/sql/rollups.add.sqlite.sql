INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    SELECT :now - :now % 60000 AS anon_1, 0 AS anon_2, coalesce(tally.queue, '') AS coalesce_1,
    coalesce(tally.task, '') AS coalesce_2, coalesce(tally.verb, '') AS coalesce_3,
    coalesce(tally.source, '') AS coalesce_4, coalesce(tally.target, '') AS coalesce_5,
    coalesce(tally.outcome, '') AS coalesce_6, coalesce(tally.bucket, -1) AS coalesce_7, tally.n,
    coalesce(tally.ms, 0) AS coalesce_8
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:tally)), parsed AS MATERIALIZED
    (SELECT item ->> 'queue' AS queue, item ->> 'task' AS task, item ->> 'verb' AS verb, item ->>
    'source' AS source, item ->> 'target' AS target, item ->> 'outcome' AS outcome, item ->>
    'bucket' AS bucket, item ->> 'n' AS n, item ->> 'ms' AS ms FROM items) SELECT * FROM parsed) AS
    tally
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE
    SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms
