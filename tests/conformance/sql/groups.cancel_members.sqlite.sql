WITH some_waiting AS
(SELECT queuectl_jobs.id AS id
FROM queuectl_jobs
WHERE queuectl_jobs.group_id = :group AND queuectl_jobs.state IN ('blocked', 'held', 'pending',
    'retrying', 'scheduled')
LIMIT :at_most OFFSET :param_1)
UPDATE queuectl_jobs SET state='cancelled', finished_at=:now, waits_for=:waits_for, unique_live=CASE
    WHEN (queuectl_jobs.unique_until IS NULL OR queuectl_jobs.unique_until <= :now) THEN 0 ELSE
    queuectl_jobs.unique_live END, cancelled_for=:cancelled_for,
    children_due=queuectl_jobs.has_children, was=queuectl_jobs.state, note=:because WHERE
    queuectl_jobs.id IN (SELECT some_waiting.id
FROM some_waiting) RETURNING id, state, attempt, children_due, group_id, queue, task, was
