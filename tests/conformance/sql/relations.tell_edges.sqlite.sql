UPDATE queuectl_dependencies SET met=edges.met FROM (SELECT value ->> 'child_id' AS child_id, value
    ->> 'clause' AS clause, value ->> 'parent_id' AS parent_id, value ->> 'needs' AS needs, value
    ->> 'met' AS met FROM json_each(:edges)) AS edges WHERE queuectl_dependencies.child_id =
    edges.child_id AND queuectl_dependencies.clause = edges.clause AND
    queuectl_dependencies.parent_id = edges.parent_id AND queuectl_dependencies.needs = edges.needs
