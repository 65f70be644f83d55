UPDATE queuectl_jobs SET max_retries=%(to_max_retries)s::INTEGER,
    timeout_ms=%(to_timeout_ms)s::BIGINT, spec=%(to_spec)s::VARCHAR WHERE queuectl_jobs.id =
    %(job)s::BIGINT AND queuectl_jobs.token = %(run)s::BIGINT AND queuectl_jobs.state = 'running'
