INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, tx) SELECT (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, taken.job_id, 'claim', 'running', taken.attempt, %(worker)s::BIGINT AS anon_2, (SELECT
    greatest(CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT),
    CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1)) AS anon_3
FROM json_to_recordset(CAST(%(taken)s::VARCHAR AS JSON)) AS taken(job_id BIGINT, attempt INTEGER)
