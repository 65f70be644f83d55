INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, moves.job_id, moves.verb, moves.state, moves.attempt, moves.worker_id, moves.note,
    (SELECT greatest(CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT),
    CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1)) AS anon_2
FROM json_to_recordset(CAST(%(moves)s::VARCHAR AS JSON)) AS moves(job_id BIGINT, verb TEXT, state
    TEXT, attempt INTEGER, worker_id BIGINT, note TEXT)
