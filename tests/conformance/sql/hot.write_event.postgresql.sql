INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx) SELECT (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, %(job_id)s::BIGINT AS anon_2, %(verb)s::VARCHAR AS anon_3, %(state)s::VARCHAR AS anon_4,
    %(attempt)s::INTEGER AS anon_5, (SELECT greatest(CAST(CAST(pg_current_xact_id() AS TEXT) AS
    BIGINT), CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1)) AS anon_6
