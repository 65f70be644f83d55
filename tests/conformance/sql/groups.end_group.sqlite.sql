UPDATE queuectl_groups SET finish_job_id=coalesce(queuectl_groups.finish_job_id, :finish_job),
    finished_at=:now WHERE queuectl_groups.id = :group
