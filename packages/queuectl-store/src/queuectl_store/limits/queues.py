"""Queues and resources as values: what may be set for them, and what is seen of them."""

from collections.abc import Mapping
from dataclasses import field
from enum import Enum, StrEnum
from typing import Any

from queuectl_store.limits.rates import Rate
from queuectl_store.states import JobState
from queuectl_store.values import dataclass


class QueueState(StrEnum):
    """What a queue does with its jobs."""

    ACTIVE = "active"
    # Nothing of it starts.
    PAUSED = "paused"
    # It takes no new jobs, and lets those that it has come to their end.
    DRAINING = "draining"


class Keep(Enum):
    """What is not said stays as it is; None takes a limit away."""

    KEEP = "keep"


KEEP = Keep.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLimits:
    """What is set for one queue; None is no limit.

    Attributes:
        concurrency: Its jobs that may run at once, on all workers together.
        key_concurrency: The same for the jobs of one concurrency key; None is 1.
        rate: Starts of its jobs. key_rate: of the jobs of one key.
    """

    concurrency: int | None = None
    key_concurrency: int | None = None
    rate: Rate | None = None
    key_rate: Rate | None = None

    @property
    def of_a_key(self) -> int:
        """How many jobs of one key may run at once."""
        return 1 if self.key_concurrency is None else self.key_concurrency


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One queue as it is now.

    Attributes:
        counts: Jobs by state; a state without jobs is left out.
        parked: Pending jobs that wait for a limit of their own: a key, a group, a resource.
        oldest_pending_ms: How long the oldest pending job has been in the store.
    """

    name: str
    state: QueueState = QueueState.ACTIVE
    limits: QueueLimits = field(default_factory=QueueLimits)
    counts: Mapping[JobState, int] = field(default_factory=dict)
    parked: int = 0
    oldest_pending_ms: int | None = None

    @property
    def running(self) -> int:
        """Jobs of it that run."""
        return self.counts.get(JobState.RUNNING, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceUse:
    """A resource of the whole store. *waiting*: jobs that wait for it, or for more than it has."""

    name: str
    capacity: int
    used: tuple[int, ...] = ()
    waiting: int = 0

    @property
    def free(self) -> int:
        """How much of it may be given to the next job."""
        return max(0, self.capacity - len(self.used))


def limits_of(row: Any) -> QueueLimits:
    """Return the limits in a row of the queues table."""
    return QueueLimits(
        concurrency=row.concurrency,
        key_concurrency=row.key_concurrency,
        rate=_rate(row.rate, row.rate_ms, row.rate_burst),
        key_rate=_rate(row.key_rate, row.key_rate_ms, row.key_rate_burst),
    )


def _rate(count: int | None, per_ms: int | None, burst: int | None) -> Rate | None:
    if count is None or per_ms is None:
        return None
    return Rate(count=count, per_ms=per_ms, burst=burst or 1)
