INSERT INTO queuectl_output (job_id, token, stream, start, at, body) SELECT %(job)s::BIGINT AS
    anon_1, %(run)s::BIGINT AS anon_2, %(of_stream)s::INTEGER AS anon_3, %(from_byte)s::BIGINT AS
    anon_4, coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))
    AS anon_5, %(piece)s AS anon_6
WHERE EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.id = %(job)s::BIGINT) ON CONFLICT DO NOTHING
