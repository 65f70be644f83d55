"""The worker as others see it: made with a store, run until it is stopped or has nothing left."""

import logging
from collections.abc import Mapping, Sequence
from enum import IntEnum

from queuectl_store import InvalidSetting, Store, StoreError
from queuectl_store.spec import queue_problem
from queuectl_worker.assembly import Assembly
from queuectl_worker.drain import Stop
from queuectl_worker.fatal import FATAL
from queuectl_worker.fitting import TaskSide
from queuectl_worker.hotloop import LONGEST_WAIT_MS
from queuectl_worker.news import OnNews, ignore
from queuectl_worker.output import LogFolder, log_root
from queuectl_worker.telling import telling
from queuectl_worker.timing import monotonic_ms
from queuectl_worker.tracing import Tracing
from queuectl_worker.tuning import Tuner, Tuning

log = logging.getLogger(__name__)

BURST_LOOK_MS = 200


class ExitReason(IntEnum):
    """How a worker ended, as the exit code of its process."""

    DRAINED = 0
    GAVE_BACK = 75
    DAMAGED = 78


class Worker:
    """Runs the jobs of one store until it is stopped; runs once.

    Args:
        concurrency: Jobs at a time; None is the setting.
        queues: The queues that it serves; None is all.
        tasks: The Python functions that it can run; None: it runs commands alone.
        burst: End when no job runs, and none that is pending or waits for a retry will start
            without a person's help (docs/limits.md).
        grace_s: How long jobs may go on when it stops; None is the setting.
        settings: Settings by name, as text; they win over the store's.
        listeners: Told the same in a thread of their own; they may take their time.
        tracing: What follows the runs of commands; tasks are followed by their queue's.
        on_news: Called in the loop that moves the jobs: it must return at once and not raise.

    Raises:
        InvalidSetting: One of the settings is unknown or makes no sense, or no queue can have one
            of the names in *queues*.
    """

    def __init__(
        self,
        store: Store,
        *,
        concurrency: int | None = None,
        queues: Sequence[str] | None = None,
        tasks: TaskSide | None = None,
        burst: bool = False,
        grace_s: float | None = None,
        settings: Mapping[str, str] | None = None,
        on_news: OnNews = ignore,
        listeners: Sequence[OnNews] = (),
        tracing: Tracing | None = None,
    ) -> None:
        given = {**(settings or {})}
        if concurrency is not None:
            given["concurrency"] = str(concurrency)
        if grace_s is not None:
            given["grace"] = f"{grace_s:f}"
        self._store, self._burst = store, burst
        self._queues = None if queues is None else _usable(queues)
        self._tasks, self._listeners, self._tracing = tasks, tuple(listeners), tracing
        self._tuner, self._tell = Tuner(store, given), on_news
        self.logs = LogFolder(log_root(store, self._tuner.current.log_dir or None))
        self._stop = Stop.NOT
        self._live: Assembly | None = None
        self._failure: BaseException | None = None
        self._looked_ms = 0

    @property
    def refused(self) -> int:
        """Results that were not recorded because the claim had been lost."""
        return 0 if self._live is None else self._live.completer.refused

    @property
    def tuning(self) -> Tuning:
        """The settings that it goes by now."""
        return self._tuner.current

    def request_stop(self, *, now: bool = False) -> None:
        """Ask for the end, from any thread or signal handler; *now*: end the running jobs too."""
        self._stop = max(self._stop, Stop.NOW if now else Stop.DRAIN)
        if self._live is not None:
            self._live.drain.request(self._stop)
            self._live.hot_loop.wake()

    def run(self) -> ExitReason:
        """Run jobs until stopped, or until nothing is left in a burst.

        Raises:
            StoreUnreachable: The store could not be used at the start.
            StoreTooNew: A newer program has changed the store meanwhile; what ran is given back.
            GuardianStartError: This host cannot start the process that runs commands.
        """
        with telling(self._listeners, self._tell) as tell:
            return self._run(tell)

    def _run(self, tell: OnNews) -> ExitReason:
        assembly = Assembly(
            self._store,
            self._tuner,
            logs=self.logs,
            queues=self._queues,
            tasks=self._tasks,
            tracing=self._tracing,
            on_news=tell,
            on_failure=self._note_failure,
        )
        with assembly:
            self._live = assembly
            assembly.drain.request(self._stop)  # it may have been asked for before there was one
            try:
                self._turn_until_over(assembly)
            except FATAL as error:
                self._stand_still(assembly, error)
                return ExitReason.DAMAGED
            if assembly.membership.refusal is not None:
                raise assembly.membership.refusal
            given_back = assembly.runner.gave_back or len(assembly.completer)
            return ExitReason.GAVE_BACK if given_back else ExitReason.DRAINED

    def _turn_until_over(self, live: Assembly) -> None:
        at_most_ms = BURST_LOOK_MS if self._burst else LONGEST_WAIT_MS
        while True:
            live.hot_loop.turn()
            if self._failure is not None:
                raise self._failure
            if self._is_over(live):
                return
            live.hot_loop.wait(at_most_ms=at_most_ms)

    def _is_over(self, live: Assembly) -> bool:
        if live.drain.is_asked:
            return _is_drained(live)
        return self._burst and live.hot_loop.is_at_rest and self._nothing_left(live)

    def _nothing_left(self, live: Assembly) -> bool:
        """Ask the store, a few times a second: others may hold jobs, or a retry may come."""
        now_ms = monotonic_ms()
        if now_ms - self._looked_ms < BURST_LOOK_MS:
            return False
        self._looked_ms = now_ms
        return not live.exchanger.is_work_left(slots=self.tuning.concurrency)

    def _stand_still(self, live: Assembly, error: StoreError) -> None:
        """Let what runs come to its end, and touch the store no more."""
        log.critical("the store must not be used any more", extra={"reason": error})
        live.stop_renewing()
        live.drain.request(Stop.DRAIN)
        while live.hot_loop.held:
            live.hot_loop.turn()
            live.hot_loop.wait()

    def _note_failure(self, error: BaseException) -> None:
        self._failure = error


def _usable(queues: Sequence[str]) -> tuple[str, ...]:
    for name in queues:
        if problem := queue_problem(name):
            raise InvalidSetting(problem)
    return tuple(queues)


def _is_drained(live: Assembly) -> bool:
    if live.hot_loop.held:
        return False
    if not len(live.completer):
        return True
    patience_ms = live.drain.patience_ms(live.membership.lease_ms)
    return live.completer.waited_ms(monotonic_ms()) > patience_ms
