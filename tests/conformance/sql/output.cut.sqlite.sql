DELETE FROM queuectl_output WHERE queuectl_output.job_id = :job AND queuectl_output.token = :run AND
    queuectl_output.stream = :of_stream AND queuectl_output.start >= :from_byte AND
    queuectl_output.start < :to_byte
