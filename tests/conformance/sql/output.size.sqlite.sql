SELECT max(queuectl_output.start + length(queuectl_output.body)) AS max_1
FROM queuectl_output
WHERE queuectl_output.job_id = :job AND queuectl_output.token = :run AND queuectl_output.stream =
    :of_stream
