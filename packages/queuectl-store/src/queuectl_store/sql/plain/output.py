"""The statements of output.py by name and text; written by `scripts/plain_sql.py`."""

from queuectl_store.sql.statement import Statement

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
