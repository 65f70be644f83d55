UPDATE queuectl_jobs SET max_retries=:to_max_retries, timeout_ms=:to_timeout_ms, spec=:to_spec WHERE
    queuectl_jobs.id = :job AND queuectl_jobs.token = :run AND queuectl_jobs.state = 'running'
