INSERT INTO queuectl_tallies (at, writer, queue, task, verb, source, target, outcome, bucket, n, ms)
    SELECT coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) -
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) %% 60000
    AS anon_1, pg_backend_pid() AS anon_2, %(queue)s::VARCHAR AS anon_3, %(task)s::VARCHAR AS
    anon_4, %(verb)s::VARCHAR AS anon_5, %(source)s::VARCHAR AS anon_6, %(target)s::VARCHAR AS
    anon_7, %(outcome)s::VARCHAR AS anon_8, %(bucket)s::INTEGER AS anon_9, %(n)s::BIGINT AS anon_10,
    %(ms)s::BIGINT AS anon_11
WHERE 1 = 1 ON CONFLICT (at, writer, queue, task, verb, source, target, outcome, bucket) DO UPDATE
    SET n = queuectl_tallies.n + excluded.n, ms = queuectl_tallies.ms + excluded.ms
