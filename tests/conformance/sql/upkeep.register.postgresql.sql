INSERT INTO queuectl_workers (key, state, host, pid, version, concurrency, queues, boot_id,
    lease_ms, lease_until, started_at, seen_at) SELECT %(key)s::VARCHAR AS anon_1, 'running',
    %(host)s::VARCHAR AS anon_2, %(pid)s::BIGINT AS anon_3, %(version)s::VARCHAR AS anon_4,
    %(concurrency)s::INTEGER AS anon_5, %(queues)s::VARCHAR AS anon_6, %(boot)s::VARCHAR AS anon_7,
    %(lease_ms)s::BIGINT AS anon_8, coalesce(%(lease_now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) + %(lease_ms)s::BIGINT AS anon_9,
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)) AS
    anon_10, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))
    AS anon_11 RETURNING queuectl_workers.id
