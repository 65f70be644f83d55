DELETE FROM queuectl_output WHERE (queuectl_output.job_id, queuectl_output.token,
    queuectl_output.stream, queuectl_output.start) IN (SELECT queuectl_output.job_id,
    queuectl_output.token, queuectl_output.stream, queuectl_output.start
FROM queuectl_output
WHERE queuectl_output.at < :before ORDER BY queuectl_output.at
LIMIT :at_most OFFSET :param_1)
