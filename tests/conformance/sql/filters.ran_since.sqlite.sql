queuectl_jobs.token > 0 AND (queuectl_jobs.state = 'running' OR queuectl_jobs.finished_at >=
    :ran_since OR queuectl_jobs.finished_at IS NULL AND (EXISTS (SELECT 1
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = queuectl_jobs.id AND queuectl_attempts.finished_at >= :ran_since)))
