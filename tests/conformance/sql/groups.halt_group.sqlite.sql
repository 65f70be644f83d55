UPDATE queuectl_groups SET halted=:because WHERE queuectl_groups.id = :group
