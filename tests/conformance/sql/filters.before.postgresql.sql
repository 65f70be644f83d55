queuectl_jobs.id < %(before)s::BIGINT
