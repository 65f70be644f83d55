UPDATE queuectl_dependencies SET met=edges.met FROM (WITH items(item) AS MATERIALIZED (SELECT value
    FROM json_each(:edges)), parsed AS MATERIALIZED (SELECT item ->> 'child_id' AS child_id, item
    ->> 'clause' AS clause, item ->> 'parent_id' AS parent_id, item ->> 'needs' AS needs, item ->>
    'met' AS met FROM items) SELECT * FROM parsed) AS edges WHERE queuectl_dependencies.child_id =
    edges.child_id AND queuectl_dependencies.clause = edges.clause AND
    queuectl_dependencies.parent_id = edges.parent_id AND queuectl_dependencies.needs = edges.needs
