UPDATE queuectl_pruned SET tx=:to_tx, id=:to_id WHERE queuectl_pruned.name = 'events' AND
    (queuectl_pruned.tx, queuectl_pruned.id) < (:to_tx, :to_id) RETURNING id
