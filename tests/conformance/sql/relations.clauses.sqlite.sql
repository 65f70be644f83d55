SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause,
    queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met
FROM (SELECT value ->> 'child_id' AS child_id, value ->> 'clause' AS clause FROM
    json_each(:touched)) AS touched JOIN queuectl_dependencies ON queuectl_dependencies.child_id =
    touched.child_id AND queuectl_dependencies.clause = touched.clause
