SELECT count(*) AS count_1
FROM queuectl_events
WHERE queuectl_events.at < :before
