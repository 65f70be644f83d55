queuectl_jobs.task = :of_task
