"""How a worker comes to its end: it claims no more, lets its jobs finish, then ends them."""

from collections.abc import Callable
from enum import IntEnum

from queuectl_worker.executors import Executor
from queuectl_worker.news import OnNews, WorkerQuiet, WorkerStopping
from queuectl_worker.runner import Runner
from queuectl_worker.tuning import Tuning

NOW_PATIENCE_MS = 3_000


class Stop(IntEnum):
    """How urgently the worker is to end."""

    NOT = 0
    DRAIN = 1
    NOW = 2


class Drain:
    """The way to the end. `request` is for any thread and signal handler, the rest for one."""

    def __init__(
        self,
        runner: Runner,
        executor: Executor,
        *,
        tuning: Callable[[], Tuning],
        on_news: OnNews,
    ) -> None:
        self._runner, self._executor = runner, executor
        self._tuning, self._tell = tuning, on_news
        self._wanted = self._reached = Stop.NOT
        self._deadline_ms = 0
        self.is_quiet = self._is_quiet_told = False

    @property
    def is_asked(self) -> bool:
        """Whether the worker is to end."""
        return self._wanted > Stop.NOT

    def request(self, stop: Stop) -> None:
        """Ask for the end; a weaker wish after a stronger one changes nothing."""
        self._wanted = max(self._wanted, stop)

    def quiet(self) -> None:
        """Ask it to claim no more, and to live on."""
        self.is_quiet = True

    def advance(self, now_ms: int) -> bool:
        """Do what the wish and the time ask for; tell whether the worker is nearer to its end."""
        before = self._reached
        if self.is_quiet and not self._is_quiet_told:
            self._is_quiet_told = True
            self._runner.recall()
            self._tell(WorkerQuiet())
        if self._reached is Stop.NOT and self._wanted > Stop.NOT:
            self._begin(now_ms)
        if self._reached is Stop.DRAIN and (self._wanted is Stop.NOW or self._is_late(now_ms)):
            self._end_runs(now_ms)
        return self._reached is not before

    def deadline_in_ms(self, now_ms: int) -> int | None:
        """Return the time until the jobs' grace is over, while it counts."""
        return max(0, self._deadline_ms - now_ms) if self._reached is Stop.DRAIN else None

    def patience_ms(self, lease_ms: int) -> int:
        """Return how long results that the store does not take are worth waiting for."""
        # After a lease the rescuers have the jobs; a person who asks twice waits for less.
        return NOW_PATIENCE_MS if self._reached is Stop.NOW else lease_ms

    def _is_late(self, now_ms: int) -> bool:
        return self._runner.held > 0 and now_ms >= self._deadline_ms

    def _begin(self, now_ms: int) -> None:
        self._reached, self._deadline_ms = Stop.DRAIN, now_ms + self._tuning().grace_ms
        self._runner.is_stopping = True
        self._runner.recall()
        self._tell(WorkerStopping(now=False))

    def _end_runs(self, now_ms: int) -> None:
        self._reached, self._deadline_ms = Stop.NOW, now_ms
        self._executor.stop_all(grace_ms=self._tuning().kill_grace_ms)
        self._tell(WorkerStopping(now=True))
