SELECT queuectl_events.id
FROM queuectl_events
WHERE 0 = 1 ORDER BY queuectl_events.id
LIMIT 21 OFFSET :param_1
