UPDATE queuectl_jobs SET waits_for=:waits_for WHERE queuectl_jobs.waits_for IN (:one, :other)
