INSERT INTO queuectl_environments (digest, body) VALUES (%(digest)s::VARCHAR, %(body)s::VARCHAR)
    RETURNING queuectl_environments.id
