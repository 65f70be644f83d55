SELECT queuectl_jobs.id
FROM queuectl_jobs
WHERE (queuectl_jobs.state NOT IN ('scheduled', 'blocked', 'held', 'pending', 'running', 'retrying',
    'succeeded', 'dead', 'cancelled')) ORDER BY queuectl_jobs.id
LIMIT 21 OFFSET :param_1
