"""What `why` answers, as values."""

from queuectl_store.job import Job, JobId
from queuectl_store.values import dataclass

# Rows that an answer looks at: a read must not grow with the queue.
MOST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a job is where it is.

    Attributes:
        reason: The few words that a list shows beside the state; None where it says all.
        detail: A sentence.
        remedy: What a person can do about it; None where nothing needs to be done.
        blockers: The jobs for whose end it waits.
    """

    job: Job
    reason: str | None
    detail: str
    remedy: str | None = None
    blockers: tuple[JobId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found out about one job."""

    detail: str
    remedy: str | None = None
    blockers: tuple[JobId, ...] = ()
