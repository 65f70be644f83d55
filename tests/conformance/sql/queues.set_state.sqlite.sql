UPDATE queuectl_queues SET state=:to WHERE queuectl_queues.name = :of RETURNING name
