UPDATE queuectl_jobs SET progress=:text WHERE queuectl_jobs.id = :job AND queuectl_jobs.token = :run
    AND queuectl_jobs.state = 'running' RETURNING id
