SELECT queuectl_workers.id, queuectl_workers.host
FROM queuectl_workers ORDER BY queuectl_workers.id DESC
LIMIT :at_most OFFSET :param_1
