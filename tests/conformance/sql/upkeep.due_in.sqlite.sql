SELECT (SELECT min(queuectl_jobs.run_at) AS min_1
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'scheduled') - :now
    AS scheduled, (SELECT min(queuectl_jobs.run_at) AS min_2
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying') - :now
    AS retrying
