SELECT queuectl_events.at
FROM queuectl_events ORDER BY queuectl_events.id DESC
LIMIT 1
