WITH oldest AS
(SELECT queuectl_tallies.at AS at, queuectl_tallies.writer AS writer, queuectl_tallies.queue AS
    queue, queuectl_tallies.task AS task, queuectl_tallies.verb AS verb, queuectl_tallies.source AS
    source, queuectl_tallies.target AS target, queuectl_tallies.outcome AS outcome,
    queuectl_tallies.bucket AS bucket
FROM queuectl_tallies
WHERE queuectl_tallies.at < :before_at ORDER BY queuectl_tallies.at, queuectl_tallies.writer,
    queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source,
    queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket
LIMIT :at_most OFFSET :param_1)
DELETE FROM queuectl_tallies WHERE (queuectl_tallies.at, queuectl_tallies.writer,
    queuectl_tallies.queue, queuectl_tallies.task, queuectl_tallies.verb, queuectl_tallies.source,
    queuectl_tallies.target, queuectl_tallies.outcome, queuectl_tallies.bucket) IN (SELECT
    oldest.at, oldest.writer, oldest.queue, oldest.task, oldest.verb, oldest.source, oldest.target,
    oldest.outcome, oldest.bucket
FROM oldest) RETURNING at, writer, queue, task, verb, source, target, outcome, bucket, n, ms
