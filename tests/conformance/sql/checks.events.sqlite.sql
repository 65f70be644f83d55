SELECT queuectl_events.job_id, queuectl_events.verb, queuectl_events.state, queuectl_events.attempt
FROM queuectl_events ORDER BY queuectl_events.job_id, queuectl_events.id
