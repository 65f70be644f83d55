DELETE FROM queuectl_output WHERE queuectl_output.job_id = %(job)s::BIGINT AND queuectl_output.token
    = %(run)s::BIGINT AND queuectl_output.stream = %(of_stream)s::INTEGER AND queuectl_output.start
    >= %(from_byte)s::BIGINT AND queuectl_output.start < %(to_byte)s::BIGINT
