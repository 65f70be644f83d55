(CAST(queuectl_jobs.spec AS JSON) -> 'tags' ->> %(of_tag)s::VARCHAR) = %(of_value)s::VARCHAR
