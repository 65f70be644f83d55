"""What its task says of a job that was enqueued by the task's name alone, inside a transaction."""

import json
from collections.abc import Sequence

from queuectl_store.job import Claim
from queuectl_store.sql.plain import admin, upkeep
from queuectl_store.sql.statement import Connection


def settle(connection: Connection, claims: Sequence[Claim]) -> None:
    """Record the retries, time limit and backoff of *claims* as those of their jobs.

    One whose token is no longer the job's changes nothing.
    """
    for job, token, _ in claims:
        row = admin.OPEN.run(connection, {"job": job.id}).first()
        if row is None:
            continue
        fields = json.loads(row.spec)
        fields.pop("left_to_task", None)
        if job.backoff is not None:
            fields["backoff"] = [job.backoff.base, job.backoff.max_s, job.backoff.jitter]
        values = {
            "job": job.id,
            "run": token,
            "to_max_retries": job.max_retries,
            "to_timeout_ms": job.timeout_ms,
            "to_spec": json.dumps(fields, separators=(",", ":")),
        }
        upkeep.SET_RULES.run(connection, values)
