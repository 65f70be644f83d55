DELETE FROM queuectl_resources WHERE queuectl_resources.name = :of RETURNING name
