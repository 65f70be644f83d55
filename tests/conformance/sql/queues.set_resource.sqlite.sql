UPDATE queuectl_resources SET capacity=:to WHERE queuectl_resources.name = :of RETURNING name
