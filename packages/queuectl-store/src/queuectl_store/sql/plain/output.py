"""The statements of output.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

ADD = Statement("output:ADD", """
INSERT INTO queuectl_output (job_id, token, stream, start, at, body) SELECT :job AS anon_1, :run AS anon_2, :of_stream AS anon_3, :from_byte AS anon_4, :now AS anon_5, :piece AS anon_6
WHERE EXISTS (SELECT '1'
FROM queuectl_jobs
WHERE queuectl_jobs.id = :job) ON CONFLICT DO NOTHING
""", whole=('job', 'run', 'from_byte'), small=('of_stream',))

SINCE = Statement("output:SINCE", """
SELECT queuectl_output.start, queuectl_output.body
FROM queuectl_output
WHERE queuectl_output.job_id = :job AND queuectl_output.token = :run AND queuectl_output.stream = :of_stream AND queuectl_output.start + length(queuectl_output.body) > :from_byte ORDER BY queuectl_output.start
 LIMIT :at_most OFFSET :param_1
""", whole=('job', 'run', 'from_byte'), small=('of_stream', 'at_most'), fixed={'param_1': 0})

SIZE = Statement("output:SIZE", """
SELECT max(queuectl_output.start + length(queuectl_output.body)) AS max_1
FROM queuectl_output
WHERE queuectl_output.job_id = :job AND queuectl_output.token = :run AND queuectl_output.stream = :of_stream
""", whole=('job', 'run'), small=('of_stream',))

CUT = Statement("output:CUT", """
DELETE FROM queuectl_output WHERE queuectl_output.job_id = :job AND queuectl_output.token = :run AND queuectl_output.stream = :of_stream AND queuectl_output.start >= :from_byte AND queuectl_output.start < :to_byte
""", whole=('job', 'run', 'from_byte', 'to_byte'), small=('of_stream',))

PRUNE = Statement("output:PRUNE", """
DELETE FROM queuectl_output WHERE (queuectl_output.job_id, queuectl_output.token, queuectl_output.stream, queuectl_output.start) IN (SELECT queuectl_output.job_id, queuectl_output.token, queuectl_output.stream, queuectl_output.start
FROM queuectl_output
WHERE queuectl_output.at < :before ORDER BY queuectl_output.at
 LIMIT :at_most OFFSET :param_1)
""", whole=('before',), small=('at_most',), fixed={'param_1': 0})
