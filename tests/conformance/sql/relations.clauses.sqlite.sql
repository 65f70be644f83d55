SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause,
    queuectl_dependencies.parent_id, queuectl_dependencies.needs, queuectl_dependencies.met
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:touched)), parsed AS
    MATERIALIZED (SELECT item ->> 'child_id' AS child_id, item ->> 'clause' AS clause FROM items)
    SELECT * FROM parsed) AS touched JOIN queuectl_dependencies ON queuectl_dependencies.child_id =
    touched.child_id AND queuectl_dependencies.clause = touched.clause
