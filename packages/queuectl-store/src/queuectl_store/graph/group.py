"""A group of jobs, as it is asked for and as it is stored."""

from collections.abc import Mapping

from queuectl_store.graph.halting import Halt
from queuectl_store.job import JobId, NewJob
from queuectl_store.states import JobState
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGroup:
    """A group as it is asked for; one of that name that is there already is used.

    Attributes:
        concurrency: So many of its jobs run at once.
        on_finish: Enqueued once, when the last member has ended.
    """

    name: str
    concurrency: int | None = None
    halt: Halt | None = None
    on_finish: NewJob | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A stored group. Times are UTC milliseconds.

    Attributes:
        counts: Its jobs by state; states without jobs are left out.
        sealed: No more members are to come: only then can it be complete.
        halted: Why it was halted, such as `3 failed`.
        finish_job_id: The completion job, once it was enqueued.
        finished_at: When it became complete; None again while a member runs once more.
    """

    id: int
    name: str
    counts: Mapping[JobState, int]
    sealed: bool
    concurrency: int | None
    halt: Halt | None
    halted: str | None
    finish_job_id: JobId | None
    created_at: int
    finished_at: int | None

    @property
    def total(self) -> int:
        """All of its jobs."""
        return sum(self.counts.values())
