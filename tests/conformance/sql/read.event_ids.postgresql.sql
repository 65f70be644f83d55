SELECT min(queuectl_events.id) AS min_1, max(queuectl_events.id) AS max_1
FROM queuectl_events
