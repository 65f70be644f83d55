UPDATE queuectl_workers SET state='stopping', stop='quiet' WHERE queuectl_workers.id IN (SELECT
    targets.id
FROM json_to_recordset(CAST(%(targets)s::VARCHAR AS JSON)) AS targets(id BIGINT, fingerprint TEXT))
    AND queuectl_workers.state = 'running' RETURNING queuectl_workers.id
