SELECT queuectl_events.id, queuectl_events.at, queuectl_events.job_id, queuectl_events.verb,
    queuectl_events.state, queuectl_events.attempt, queuectl_events.worker_id, queuectl_events.note,
    queuectl_events.tx
FROM queuectl_events
WHERE :after_tx = 0 AND queuectl_events.id > :after_id ORDER BY queuectl_events.id DESC
LIMIT :at_most OFFSET :param_1
