SELECT queuectl_dependencies.parent_id, min(child.id) AS child_id
FROM queuectl_dependencies JOIN queuectl_jobs AS child ON child.id = queuectl_dependencies.child_id
WHERE queuectl_dependencies.parent_id IN (SELECT targets.id
FROM (WITH items(item) AS MATERIALIZED (SELECT value FROM json_each(:targets)) SELECT item ->> 'id'
    AS id, item ->> 'fingerprint' AS fingerprint FROM items) AS targets) AND (child.state NOT IN
    ('succeeded', 'dead', 'cancelled')) GROUP BY queuectl_dependencies.parent_id
