INSERT INTO queuectl_pruned (name, tx, id) VALUES (:name, :tx, :id)
