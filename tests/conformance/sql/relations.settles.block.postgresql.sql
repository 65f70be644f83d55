UPDATE queuectl_jobs SET state='blocked', finished_at=%(finished_at)s::BIGINT, unique_live=CASE WHEN
    (queuectl_jobs.unique_slot IS NULL) THEN 0 ELSE 1 END, unmet=settled.unmet,
    cancelled_for=settled.cancelled_for, children_due=queuectl_jobs.has_children,
    was=queuectl_jobs.state, pending_at=coalesce(%(now)s::BIGINT, CAST(extract(epoch FROM
    clock_timestamp()) * 1000 AS BIGINT)), note=%(note)s::VARCHAR FROM
    json_to_recordset(CAST(%(settled)s::VARCHAR AS JSON)) AS settled(id BIGINT, unmet INTEGER, note
    TEXT, cancelled_for BIGINT) WHERE queuectl_jobs.id = settled.id AND queuectl_jobs.state =
    'cancelled' RETURNING queuectl_jobs.id, queuectl_jobs.state, queuectl_jobs.attempt,
    queuectl_jobs.children_due, queuectl_jobs.group_id, queuectl_jobs.queue, queuectl_jobs.task,
    queuectl_jobs.was
