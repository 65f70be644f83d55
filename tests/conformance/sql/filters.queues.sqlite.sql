queuectl_jobs.queue IN (__[POSTCOMPILE_of_queues])
