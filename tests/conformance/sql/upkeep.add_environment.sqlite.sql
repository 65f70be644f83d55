INSERT INTO queuectl_environments (digest, body) VALUES (:digest, :body) RETURNING id
