SELECT queuectl_events.verb, count(*) AS n
FROM queuectl_events
WHERE queuectl_events.id >= :from_id AND queuectl_events.at >= :since GROUP BY queuectl_events.verb
