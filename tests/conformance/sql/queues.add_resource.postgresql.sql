INSERT INTO queuectl_resources (name, capacity) VALUES (%(name)s::VARCHAR, %(capacity)s::INTEGER)
