SELECT queuectl_environments.id
FROM queuectl_environments
WHERE queuectl_environments.digest = %(of)s::VARCHAR FOR KEY SHARE
