UPDATE queuectl_workers SET lease_until=(:lease_now + queuectl_workers.lease_ms), seen_at=:now WHERE
    queuectl_workers.id = :worker AND queuectl_workers.state IN ('running', 'stopping') AND
    queuectl_workers.boot_id = :boot RETURNING stop
