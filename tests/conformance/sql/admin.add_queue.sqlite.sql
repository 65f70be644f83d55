INSERT INTO queuectl_queues (name) SELECT :of_queue AS anon_1
WHERE 1 = 1 ON CONFLICT DO NOTHING
