queuectl_jobs.name = %(of_name)s::VARCHAR
