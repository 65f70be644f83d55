SELECT queuectl_attempts.job_id, count(*) AS n
FROM queuectl_attempts GROUP BY queuectl_attempts.job_id ORDER BY queuectl_attempts.job_id
