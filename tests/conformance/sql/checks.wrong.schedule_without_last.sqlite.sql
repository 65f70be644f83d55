SELECT queuectl_schedules.id
FROM queuectl_schedules
WHERE queuectl_schedules.last_job_id IS NOT NULL AND NOT (EXISTS (SELECT 1
FROM queuectl_jobs
WHERE queuectl_jobs.id = queuectl_schedules.last_job_id)) ORDER BY queuectl_schedules.id
LIMIT 21 OFFSET :param_1
