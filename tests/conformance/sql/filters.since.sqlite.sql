queuectl_jobs.created_at >= :since
