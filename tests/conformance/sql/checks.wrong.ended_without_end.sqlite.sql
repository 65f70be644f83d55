SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('succeeded', 'dead', 'cancelled') AND queuectl_jobs.finished_at IS
    NULL ORDER BY queuectl_jobs.id
LIMIT 21 OFFSET :param_1
