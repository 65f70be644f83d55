DELETE FROM queuectl_events WHERE queuectl_events.id IN (SELECT oldest.id
FROM (SELECT queuectl_events.id AS id, queuectl_events.at AS at
FROM queuectl_events ORDER BY queuectl_events.id
LIMIT %(at_most)s::INTEGER) AS oldest
WHERE oldest.at < %(before)s::BIGINT) RETURNING queuectl_events.tx, queuectl_events.id
