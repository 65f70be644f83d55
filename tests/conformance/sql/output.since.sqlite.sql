SELECT queuectl_output.start, queuectl_output.body
FROM queuectl_output
WHERE queuectl_output.job_id = :job AND queuectl_output.token = :run AND queuectl_output.stream =
    :of_stream AND queuectl_output.start + length(queuectl_output.body) > :from_byte ORDER BY
    queuectl_output.start
LIMIT :at_most OFFSET :param_1
