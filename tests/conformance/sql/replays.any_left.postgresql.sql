SELECT EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for = %(of_bucket)s::VARCHAR) AS anon_1
