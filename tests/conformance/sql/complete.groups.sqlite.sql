SELECT queuectl_groups.name
FROM queuectl_groups ORDER BY queuectl_groups.id DESC
LIMIT :at_most OFFSET :param_1
