INSERT INTO queuectl_settings (name, value) VALUES (%(name)s::VARCHAR, %(value)s::VARCHAR)
