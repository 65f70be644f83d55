INSERT INTO queuectl_resources (name, capacity) VALUES (:name, :capacity)
