UPDATE queuectl_groups SET finish_job_id=coalesce(queuectl_groups.finish_job_id,
    %(finish_job)s::BIGINT), finished_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) WHERE queuectl_groups.id = %(group)s::BIGINT
