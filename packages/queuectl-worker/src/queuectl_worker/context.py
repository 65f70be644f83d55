"""What a running task may know and say of its own run."""

import threading
import time
from collections.abc import Callable, MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from logging import LoggerAdapter, getLogger
from typing import Any

from queuectl_store import Job, Task
from queuectl_store.bounds import MAX_MS
from queuectl_store.interrupts import UNBROKEN

_LOGGER = getLogger("queuectl.task")
_MAKING = threading.Lock()

# Records progress: job id, token, text; False when the run does not own the job any more.
Tell = Callable[[int, int, str], bool]
# Spares the processes that this one has started from being ended with the task.
Keep = Callable[[], None]


def nothing_to_keep() -> None:
    """Do nothing: where a task runs beside others, what it starts is not ended with it."""


class _RunLogger(LoggerAdapter[Any]):
    # Before Python 3.13 an adapter's fields replace those of the call.
    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> Any:
        return msg, {**kwargs, "extra": {**(self.extra or {}), **(kwargs.get("extra") or {})}}


class Context:
    """One run of a task, as the task sees it.

    A task gets it by a parameter annotated with `Context`, or from `current()`.

    Attributes:
        job: The job as it was claimed.
        token: The fence of this run: a resource that saw a higher one should refuse it.
        deadline: When the time limit is reached, UTC; None without one.
    """

    # Not a frozen dataclass, which takes longer to make than a short task to run.
    __slots__ = ("_cancelled", "_keep", "_tell", "deadline", "job", "token")

    def __init__(
        self,
        *,
        job: Job,
        token: int,
        tell: Tell,
        keep: Keep = nothing_to_keep,
        deadline: datetime | None = None,
    ) -> None:
        self.job, self.token, self.deadline = job, token, deadline
        self._tell, self._keep = tell, keep
        self._cancelled: threading.Event | None = None

    def __repr__(self) -> str:
        return f"Context(job={self.job.id}, attempt={self.attempt}, token={self.token})"

    @property
    def cancelled(self) -> threading.Event:
        """Set when the run should end.

        A person cancelled it, its time is over, or its worker stops or lost its lease.
        """
        if self._cancelled is None:
            # Made for those who ask: it takes as long as a short task.
            with UNBROKEN, _MAKING:
                self._cancelled = self._cancelled or threading.Event()
        return self._cancelled

    @property
    def attempt(self) -> int:
        """Which attempt this is, from 1."""
        return self.job.attempt

    @property
    def idempotency_key(self) -> str:
        """The same for all attempts of the job."""
        return self.job.key

    @property
    def fields(self) -> dict[str, Any]:
        """What log records of this run carry: `job_id attempt queue task worker_id`."""
        return run_fields(self.job)

    @property
    def log(self) -> "LoggerAdapter[Any]":
        """The logger `queuectl.task`, whose records carry the fields beside their own `extra`."""
        return _RunLogger(_LOGGER, self.fields)

    def keep_children(self) -> None:
        """Let the processes live on that this one has below it now, when the task has ended.

        For a pool that a module keeps for its next tasks. A task process ends what else a task has
        started and left; it lives as long as that process at the most.
        """
        self._keep()

    def progress(self, percent: float | None = None, message: str = "") -> bool:
        """Report how far the run is; False when the run does not own the job any more."""
        told = [] if percent is None else [f"{percent:g}%"]
        return self._tell(
            self.job.id, self.token, " ".join([*told, *([message] if message else [])])
        )


def run_fields(job: Job) -> dict[str, Any]:
    """Return what every log record about a run of *job* carries."""
    return {
        "job_id": job.id,
        "attempt": job.attempt,
        "queue": job.queue,
        "task": job.work.name if isinstance(job.work, Task) else None,
        "worker_id": job.worker_id,
    }


def deadline_after(timeout_ms: int | None) -> datetime | None:
    """Return the instant *timeout_ms* from now, UTC; no later than a calendar goes."""
    if timeout_ms is None:
        return None
    ends_ms = min(time.time_ns() // 1_000_000 + timeout_ms, MAX_MS)
    return datetime.fromtimestamp(ends_ms / 1000, UTC)


_CURRENT: ContextVar[Context | None] = ContextVar("queuectl_context", default=None)


def current() -> Context:
    """Return the context of the task that runs here.

    Raises:
        LookupError: No task runs here.
    """
    if (context := _CURRENT.get()) is None:
        raise LookupError("no task runs here: `current` is for the body of a task")
    return context


def enter(context: Context | None) -> None:
    """Make *context* the current one of this thread or coroutine."""
    _CURRENT.set(context)
