"""The runs that a worker holds: waiting for a slot, or running."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from queuectl_store import Claim
from queuectl_store.job import HOOK_QUEUE
from queuectl_worker.executors import RunKey, key_of


@dataclass(slots=True)
class Run:
    """One held claim; it changes while it is held, and only the hot loop changes it."""

    claim: Claim
    since_ms: int
    has_started: bool = False
    is_cancelled: bool = False


class Runs:
    """The table of held runs, in the order in which they were claimed.

    Attributes:
        slots: How many slots they take together, once they all run.
        beside: How many slots those take that deliver hooks: none of the worker's own.
    """

    def __init__(self) -> None:
        self._runs: dict[RunKey, Run] = {}
        self._unstarted: dict[RunKey, None] = {}
        self.slots = self.beside = 0

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[RunKey]:
        return iter(tuple(self._runs))

    def get(self, key: RunKey) -> Run | None:
        """Return the run of that name, if it is held."""
        return self._runs.get(key)

    def hold(self, claims: Iterable[Claim], *, now_ms: int) -> None:
        """Hold *claims*, which wait for a slot from now."""
        for claim in claims:
            key = key_of(claim)
            self._runs[key] = Run(claim, now_ms)
            self._unstarted[key] = None
            self._count(claim, 1)

    def started(self, key: RunKey) -> Run | None:
        """Note that a run has its slot, and return it."""
        self._unstarted.pop(key, None)
        if run := self._runs.get(key):
            run.has_started = True
        return run

    def let_go(self, key: RunKey) -> Run | None:
        """Hold the run no longer, and return it."""
        self._unstarted.pop(key, None)
        run = self._runs.pop(key, None)
        if run is not None:
            self._count(run.claim, -1)
        return run

    def clear(self) -> None:
        """Hold nothing any more."""
        self._runs.clear()
        self._unstarted.clear()
        self.slots = self.beside = 0

    def unstarted(self) -> list[RunKey]:
        """Return the runs that wait for a slot."""
        return list(self._unstarted)

    def stale(self, *, since_ms: int, now_ms: int) -> list[RunKey]:
        """Return the runs that have waited since *since_ms*, and let their wait begin anew."""
        keys = [key for key in self._unstarted if self._runs[key].since_ms <= since_ms]
        for key in keys:
            self._runs[key].since_ms = now_ms
        return keys

    def oldest_unstarted_ms(self) -> int | None:
        """Return since when the first one waits for a slot."""
        first = next(iter(self._unstarted), None)
        return None if first is None else self._runs[first].since_ms

    def _count(self, claim: Claim, sign: int) -> None:
        if claim.job.queue == HOOK_QUEUE:
            self.beside += sign * claim.job.slots
        else:
            self.slots += sign * claim.job.slots
