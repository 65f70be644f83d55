"""The facts in the event log: one for every change of a job's state."""

from queuectl_store.job import JobId, WorkerId
from queuectl_store.states import JobState, Verb
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change of state, written in the transaction that made it.

    Attributes:
        id: Its place in the log.
        at: UTC milliseconds.
        state: The state that the job entered.
        attempt: Attempts used after the change.
        note: The reason, where there is one.
    """

    id: int
    at: int
    job_id: JobId
    verb: Verb
    state: JobState
    attempt: int
    worker_id: WorkerId | None
    note: str | None
