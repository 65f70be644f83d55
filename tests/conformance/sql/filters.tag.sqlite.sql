(queuectl_jobs.spec -> 'tags' ->> :of_tag) = :of_value
