INSERT INTO queuectl_events (at, job_id, verb, state, attempt, worker_id, note, tx) SELECT (SELECT
    coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS
    anon_1, ended.job_id, ended.verb, ended.state, ended.number - coalesce(ended.unused, 0) AS
    anon_2, %(worker)s::BIGINT AS anon_3, ended.note, (SELECT
    greatest(CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT),
    CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) - 1)) AS anon_4
FROM (SELECT coalesce(own.job_id, every.job_id) AS job_id, coalesce(own.verb, every.verb) AS verb,
    coalesce(own.state, every.state) AS state, coalesce(own.number, every.number) AS number,
    coalesce(own.unused, every.unused) AS unused, coalesce(own.note, every.note) AS note FROM
    json_to_recordset(CAST(%(ended)s::VARCHAR AS JSON)) AS own(job_id BIGINT, verb TEXT, state TEXT,
    number INTEGER, unused INTEGER, note TEXT) CROSS JOIN
    json_to_record(CAST(%(ended_shared)s::VARCHAR AS JSON)) AS every(job_id BIGINT, verb TEXT, state
    TEXT, number INTEGER, unused INTEGER, note TEXT)) AS ended
