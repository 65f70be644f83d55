"""The seam between the runner and what executes: an executor takes claims and reports on runs."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from queuectl_store import Claim, JobId, RunFacts
from queuectl_store.values import dataclass
from queuectl_worker.retry import Failure

RunKey = tuple[JobId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """The work is done; *result* is JSON text, for tasks."""

    result: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """This worker has nothing that could run it: a task of a newer release, during a deploy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """We ended it: a person cancelled it, the worker stops, or its lease was not confirmed."""


Ending = Completed | Stopped | Unserved | Failure


# Several for each run; as frozen dataclasses they took as long to make as a short task to run.
class RunStarted(NamedTuple):
    """The run began. *at_ms* is UTC; *pid* is None where it has no process of its own."""

    key: RunKey
    pid: int | None
    at_ms: int


class RunEnded(NamedTuple):
    """The run is over, and nothing of it runs any more but strays that are being ended.

    Of a run so short that its start was not told of it is all that is heard; it says when that
    was (`facts.started_at`) and, where it has a process of its own, *pid*.
    """

    key: RunKey
    facts: RunFacts
    ending: Ending
    run_ms: int
    pid: int | None = None


class RunRecalled(NamedTuple):
    """The run had not started and will not."""

    key: RunKey


class Unstartable(NamedTuple):
    """This host cannot start runs now (out of files, memory, disk); the job is not to blame."""

    key: RunKey
    message: str


RunReport = RunStarted | RunEnded | RunRecalled | Unstartable


class Executor(Protocol):
    """Runs claims. `stop_all` and `extend` may be called from any thread, the rest from one."""

    def start(self) -> None:
        """Get ready to run."""
        ...

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run *claims* in order as slots free up; it may hold more of them than it has slots."""
        ...

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those of *keys* that have not started, each with a `RunRecalled`."""
        ...

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """End one run: ask it first, kill it after *grace_ms*. An unknown key is ignored."""
        ...

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run, and start none that waits."""
        ...

    def extend(self, until_ms: int) -> None:
        """Let runs go on until *until_ms* (monotonic); past it all are killed at once."""
        ...

    def filenos(self) -> list[int]:
        """Return descriptors, one readable while reports wait; ask again before each wait."""
        ...

    def receive(self) -> list[RunReport]:
        """Return the reports that wait; never blocks."""
        ...

    def close(self) -> None:
        """Kill what still runs and let go of everything."""
        ...


def key_of(claim: Claim) -> RunKey:
    """Name the run that *claim* entitles to."""
    return claim.job.id, claim.token
