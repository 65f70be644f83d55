INSERT INTO queuectl_output (job_id, token, stream, start, at, body) SELECT :job AS anon_1, :run AS
    anon_2, :of_stream AS anon_3, :from_byte AS anon_4, :now AS anon_5, :piece AS anon_6
WHERE EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.id = :job) ON CONFLICT DO NOTHING
