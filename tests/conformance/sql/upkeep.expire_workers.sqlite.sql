UPDATE queuectl_workers SET state='gone' WHERE queuectl_workers.state IN ('running', 'stopping') AND
    (queuectl_workers.boot_id != :boot OR queuectl_workers.lease_until <= :lease_now) RETURNING id
