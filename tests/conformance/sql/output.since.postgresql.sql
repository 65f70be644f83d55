SELECT queuectl_output.start, queuectl_output.body
FROM queuectl_output
WHERE queuectl_output.job_id = %(job)s::BIGINT AND queuectl_output.token = %(run)s::BIGINT AND
    queuectl_output.stream = %(of_stream)s::INTEGER AND queuectl_output.start +
    length(queuectl_output.body) > %(from_byte)s::BIGINT ORDER BY queuectl_output.start
LIMIT %(at_most)s::INTEGER
