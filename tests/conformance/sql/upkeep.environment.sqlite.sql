SELECT queuectl_environments.body
FROM queuectl_environments
WHERE queuectl_environments.id = :environment
