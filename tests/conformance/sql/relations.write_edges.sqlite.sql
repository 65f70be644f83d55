INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met) SELECT edges.child_id,
    edges.clause, edges.parent_id, edges.needs, edges.met
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:edges)), parsed AS MATERIALIZED
    (SELECT item ->> 'child_id' AS child_id, item ->> 'clause' AS clause, item ->> 'parent_id' AS
    parent_id, item ->> 'needs' AS needs, item ->> 'met' AS met FROM items) SELECT * FROM parsed) AS
    edges
