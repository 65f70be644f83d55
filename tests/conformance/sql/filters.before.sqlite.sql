queuectl_jobs.id < :before
