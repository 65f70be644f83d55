SELECT queuectl_events.at - queuectl_events.at % 86400000 AS day, count(*) AS n
FROM queuectl_events
WHERE queuectl_events.at >= :since GROUP BY day ORDER BY day
