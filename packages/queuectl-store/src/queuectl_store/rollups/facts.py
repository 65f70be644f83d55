"""What is counted though it moves no job; and of what a row of tallies tells."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Any


class Fact(StrEnum):
    """What is counted though it moves no job."""

    # A claim whose worker let its lease run out; a worker that did so; a result that came too late.
    LEASE_EXPIRED = "lease_expired"
    WORKER_CRASHED = "worker_crashed"
    RESULT_FENCED = "result_fenced"
    SLOT_MISSED = "slot_missed"
    JOB_DELETED = "job_deleted"
    # A correction of how many jobs a queue has in a state, see recounting.py.
    RECOUNTED = "recounted"


def subjects(row: Any) -> Iterator[tuple[str, str]]:
    """Yield of what a row of tallies tells: scope and name."""
    yield "store", ""
    if row.verb == Fact.SLOT_MISSED:
        yield "schedule", row.queue
    elif row.queue:
        yield "queue", row.queue
        yield "task", row.task
