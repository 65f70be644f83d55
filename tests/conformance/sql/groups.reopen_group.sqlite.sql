UPDATE queuectl_groups SET finished_at=:finished_at WHERE queuectl_groups.id = :group
