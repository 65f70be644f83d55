queuectl_jobs.fingerprint = :of_fingerprint
