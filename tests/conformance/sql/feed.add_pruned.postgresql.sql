INSERT INTO queuectl_pruned (name, tx, id) VALUES (%(name)s::VARCHAR, %(tx)s::BIGINT,
    %(id)s::BIGINT)
