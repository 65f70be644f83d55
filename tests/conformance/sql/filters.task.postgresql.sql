queuectl_jobs.task = %(of_task)s::VARCHAR
