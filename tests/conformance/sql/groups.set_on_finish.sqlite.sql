UPDATE queuectl_groups SET on_finish=:last_job WHERE queuectl_groups.id = :group
