SELECT queuectl_attempts.job_id
FROM queuectl_attempts
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_attempts.job_id)) ORDER BY queuectl_attempts.job_id
LIMIT 21
