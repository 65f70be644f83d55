UPDATE queuectl_workers SET state='stopped', seen_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch
    FROM clock_timestamp()) * 1000 AS BIGINT)) WHERE queuectl_workers.id = %(worker)s::BIGINT AND
    queuectl_workers.state != 'gone'
