SELECT queuectl_events.at
FROM queuectl_events
WHERE queuectl_events.id >= %(from_id)s::BIGINT ORDER BY queuectl_events.id
LIMIT 1
