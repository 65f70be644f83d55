SELECT queuectl_attempts.job_id, queuectl_attempts.token, queuectl_attempts.number,
    queuectl_attempts.state, queuectl_attempts.worker_id, queuectl_attempts.started_at,
    queuectl_attempts.finished_at, queuectl_attempts.exit_code, queuectl_attempts.signal,
    queuectl_attempts.error, queuectl_attempts.max_rss, queuectl_attempts.cpu_ms,
    queuectl_attempts.log_bytes, queuectl_attempts.log_lost
FROM queuectl_attempts
WHERE queuectl_attempts.job_id = %(job)s::BIGINT ORDER BY queuectl_attempts.token
