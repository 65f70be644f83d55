UPDATE queuectl_queues SET settings=:to WHERE queuectl_queues.name = :of_queue
