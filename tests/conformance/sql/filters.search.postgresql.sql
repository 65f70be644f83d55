(queuectl_jobs.spec ILIKE '%%' || %(in_spec)s::VARCHAR || '%%' ESCAPE '/') OR (queuectl_jobs.spec
    ILIKE '%%' || %(in_argv)s::VARCHAR || '%%' ESCAPE '/') OR (queuectl_jobs.name ILIKE '%%' ||
    %(in_text)s::VARCHAR || '%%' ESCAPE '/') OR (queuectl_jobs.task ILIKE '%%' ||
    %(in_text)s::VARCHAR || '%%' ESCAPE '/') OR (queuectl_jobs.note ILIKE '%%' ||
    %(in_text)s::VARCHAR || '%%' ESCAPE '/')
