UPDATE queuectl_workers SET state='stopped', seen_at=:now WHERE queuectl_workers.id = :worker AND
    queuectl_workers.state != 'gone'
