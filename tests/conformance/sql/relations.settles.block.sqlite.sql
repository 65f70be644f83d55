UPDATE queuectl_jobs SET state='blocked', finished_at=:finished_at, unique_live=CASE WHEN
    (queuectl_jobs.unique_slot IS NULL) THEN 0 ELSE 1 END, unmet=settled.unmet,
    cancelled_for=settled.cancelled_for, children_due=queuectl_jobs.has_children, note=:note FROM
    (SELECT value ->> 'id' AS id, value ->> 'unmet' AS unmet, value ->> 'note' AS note, value ->>
    'cancelled_for' AS cancelled_for FROM json_each(:settled)) AS settled WHERE queuectl_jobs.id =
    settled.id AND queuectl_jobs.state = 'cancelled' RETURNING id, state, attempt, children_due,
    group_id
