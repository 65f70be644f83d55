INSERT INTO queuectl_queues (name) SELECT CAST(%(of)s::VARCHAR AS TEXT) AS anon_1
WHERE NOT (EXISTS (SELECT 1
FROM queuectl_queues
WHERE queuectl_queues.name = %(of)s::VARCHAR))
