SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running' AND (queuectl_jobs.worker_id IS NULL OR NOT (EXISTS (SELECT 1
FROM queuectl_workers
WHERE queuectl_workers.id = queuectl_jobs.worker_id))) ORDER BY queuectl_jobs.id
LIMIT 21
