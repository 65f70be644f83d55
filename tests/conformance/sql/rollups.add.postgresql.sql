INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) -
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) %% 60000
    AS anon_1, pg_backend_pid() AS anon_2, coalesce(tally.queue, '') AS coalesce_1,
    coalesce(tally.task, '') AS coalesce_2, coalesce(tally.verb, '') AS coalesce_3,
    coalesce(tally.source, '') AS coalesce_4, coalesce(tally.target, '') AS coalesce_5,
    coalesce(tally.outcome, '') AS coalesce_6, coalesce(tally.bucket, -1) AS coalesce_7, tally.n,
    coalesce(tally.ms, 0) AS coalesce_8
FROM json_to_recordset(CAST(%(tally)s::VARCHAR AS JSON)) AS tally(queue TEXT, task TEXT, verb TEXT,
    source TEXT, target TEXT, outcome TEXT, bucket INTEGER, n BIGINT, ms BIGINT)
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE
    SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms
