UPDATE queuectl_jobs SET state=ended.state, attempt=(queuectl_jobs.attempt - coalesce(ended.unused,
    0)), crashes=(queuectl_jobs.crashes + coalesce(ended.crash, 0)),
    cancel_requested=:cancel_requested, run_at=coalesce(:now + ended.delay_ms,
    queuectl_jobs.run_at), started_at=CASE WHEN (ended.state = 'pending') THEN NULL ELSE
    queuectl_jobs.started_at END, finished_at=CASE WHEN (ended.state IN ('cancelled', 'dead',
    'succeeded')) THEN :now ELSE NULL END, allotted=:allotted, unique_live=CASE WHEN (ended.state IN
    ('cancelled', 'dead', 'succeeded') AND (queuectl_jobs.unique_until IS NULL OR
    queuectl_jobs.unique_until <= :now)) THEN 0 ELSE queuectl_jobs.unique_live END,
    children_due=CASE WHEN (ended.state IN ('cancelled', 'dead', 'succeeded')) THEN
    queuectl_jobs.has_children ELSE queuectl_jobs.children_due END, fingerprint=ended.fingerprint,
    pending_at=CASE WHEN (ended.state = 'pending') THEN :now ELSE queuectl_jobs.pending_at END,
    note=ended.note, result=ended.result FROM temp.queuectl_ended AS ended WHERE queuectl_jobs.id =
    ended.job_id AND queuectl_jobs.token = ended.token AND queuectl_jobs.state = 'running' RETURNING
    id, token, state, children_due, group_id, :now AS at
