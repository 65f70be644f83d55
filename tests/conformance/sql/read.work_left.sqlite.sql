SELECT (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'pending' AND queuectl_jobs.waits_for IS NULL)) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.waits_for IS NOT NULL)) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state = 'running')) OR (EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.state IN ('scheduled', 'retrying') AND queuectl_jobs.state = 'retrying')) AS
    anon_1
