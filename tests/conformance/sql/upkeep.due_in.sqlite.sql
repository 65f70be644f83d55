SELECT (SELECT min(queuectl_jobs.run_at) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'scheduled') - :now
    AS scheduled, (SELECT min(queuectl_jobs.run_at) AS min_2
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying') - :now
    AS retrying, (SELECT min(queuectl_schedules.next_at) AS min_3
FROM queuectl_schedules
WHERE queuectl_schedules.paused = 0) - :now AS recurring
