SELECT 1 - 1 AS tx, (SELECT coalesce(max(id), 0) FROM queuectl_events) AS id
