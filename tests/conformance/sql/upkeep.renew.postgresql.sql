UPDATE queuectl_workers SET lease_until=(coalesce(%(lease_now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)) + queuectl_workers.lease_ms),
    seen_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))
    WHERE queuectl_workers.id = %(worker)s::BIGINT AND queuectl_workers.state IN ('running',
    'stopping') AND queuectl_workers.boot_id = %(boot)s::VARCHAR RETURNING queuectl_workers.stop
