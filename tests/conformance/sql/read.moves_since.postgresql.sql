SELECT queuectl_events.verb, count(*) AS n
FROM queuectl_events
WHERE queuectl_events.id >= %(from_id)s::BIGINT AND queuectl_events.at >= %(since)s::BIGINT GROUP BY
    queuectl_events.verb
