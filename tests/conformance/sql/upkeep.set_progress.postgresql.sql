UPDATE queuectl_jobs SET progress=%(text)s::VARCHAR WHERE queuectl_jobs.id = %(job)s::BIGINT AND
    queuectl_jobs.token = %(run)s::BIGINT AND queuectl_jobs.state = 'running' RETURNING
    queuectl_jobs.id
