UPDATE queuectl_jobs SET waits_for=%(waits_for)s::VARCHAR WHERE queuectl_jobs.waits_for IN (%(one)s,
    %(other)s)
