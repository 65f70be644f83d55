INSERT INTO queuectl_events (at, job_id, verb, state, attempt, tx) SELECT (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, moves.job_id, %(verb)s::VARCHAR AS anon_2, %(state)s::VARCHAR AS anon_3,
    %(attempt)s::INTEGER AS anon_4, (SELECT greatest(CAST(CAST(pg_current_xact_id() AS TEXT) AS
    BIGINT), CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1)) AS anon_5
FROM json_to_recordset(CAST(%(moves)s::VARCHAR AS JSON)) AS moves(job_id BIGINT)
