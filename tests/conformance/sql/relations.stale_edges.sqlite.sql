SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause,
    queuectl_dependencies.parent_id, queuectl_dependencies.needs, stale.truth AS met
FROM (SELECT value ->> 'parent_id' AS parent_id, value ->> 'needs' AS needs, value ->> 'met' AS met,
    value ->> 'truth' AS truth FROM json_each(:stale)) AS stale JOIN queuectl_dependencies ON
    queuectl_dependencies.parent_id = stale.parent_id AND queuectl_dependencies.needs = stale.needs
    AND queuectl_dependencies.met = stale.met
LIMIT :at_most OFFSET :param_1
