UPDATE queuectl_workers SET state='gone' WHERE queuectl_workers.state IN ('running', 'stopping') AND
    (queuectl_workers.boot_id != %(boot)s::VARCHAR OR queuectl_workers.lease_until <=
    coalesce(%(lease_now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)))
    RETURNING queuectl_workers.id
