(lower(queuectl_jobs.spec) LIKE '%' || lower(:in_spec) || '%' ESCAPE '/') OR
    (lower(queuectl_jobs.spec) LIKE '%' || lower(:in_argv) || '%' ESCAPE '/') OR
    (lower(queuectl_jobs.name) LIKE '%' || lower(:in_text) || '%' ESCAPE '/') OR
    (lower(queuectl_jobs.task) LIKE '%' || lower(:in_text) || '%' ESCAPE '/') OR
    (lower(queuectl_jobs.note) LIKE '%' || lower(:in_text) || '%' ESCAPE '/')
