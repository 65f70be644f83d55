UPDATE queuectl_groups SET halted=%(because)s::VARCHAR WHERE queuectl_groups.id = %(group)s::BIGINT
