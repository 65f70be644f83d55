INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met) SELECT edges.child_id,
    edges.clause, edges.parent_id, edges.needs, edges.met
FROM (SELECT value ->> 'child_id' AS child_id, value ->> 'clause' AS clause, value ->> 'parent_id'
    AS parent_id, value ->> 'needs' AS needs, value ->> 'met' AS met FROM json_each(:edges)) AS
    edges
