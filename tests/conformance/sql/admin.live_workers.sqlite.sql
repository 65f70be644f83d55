SELECT queuectl_workers.id
FROM queuectl_workers
WHERE queuectl_workers.state IN ('running', 'stopping')
