SELECT queuectl_events.tx, queuectl_events.id
FROM queuectl_events
WHERE :after_tx = 0 AND queuectl_events.id > :after_id ORDER BY queuectl_events.id DESC
LIMIT 1 OFFSET :param_1
