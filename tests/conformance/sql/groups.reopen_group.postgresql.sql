UPDATE queuectl_groups SET finished_at=%(finished_at)s::BIGINT WHERE queuectl_groups.id =
    %(group)s::BIGINT
