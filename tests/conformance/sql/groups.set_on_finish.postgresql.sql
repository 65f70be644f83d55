UPDATE queuectl_groups SET on_finish=%(last_job)s::VARCHAR WHERE queuectl_groups.id =
    %(group)s::BIGINT
