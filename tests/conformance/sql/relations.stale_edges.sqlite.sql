SELECT queuectl_dependencies.child_id, queuectl_dependencies.clause,
    queuectl_dependencies.parent_id, queuectl_dependencies.needs, stale.truth AS met
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:stale)), parsed AS MATERIALIZED
    (SELECT item ->> 'parent_id' AS parent_id, item ->> 'needs' AS needs, item ->> 'met' AS met,
    item ->> 'truth' AS truth FROM items) SELECT * FROM parsed) AS stale JOIN queuectl_dependencies
    ON queuectl_dependencies.parent_id = stale.parent_id AND queuectl_dependencies.needs =
    stale.needs AND queuectl_dependencies.met = stale.met
LIMIT :at_most OFFSET :param_1
