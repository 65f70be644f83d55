"""Tasks that are coroutines, on one event loop in a thread of its own.

A run that must end is cancelled as asyncio does it. One that swallows the cancellation, or keeps
the loop from delivering it, is given up after a while: the attempt's error says that it still runs.
"""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from queuectl_store import Claim, Task
from queuectl_worker.context import Tell, enter, run_fields
from queuectl_worker.executors.alarms import Alarm, Alarms
from queuectl_worker.executors.calling import Call, Note, ended, ending_of, make_call
from queuectl_worker.executors.protocol import (
    Ending,
    RunEnded,
    RunKey,
    RunRecalled,
    RunReport,
    RunStarted,
    Stopped,
    key_of,
)
from queuectl_worker.executors.reports import LATE_MS, Reports
from queuectl_worker.retry import TimedOut
from queuectl_worker.tasks import Registry
from queuectl_worker.timing import monotonic_ms

log = logging.getLogger(__name__)

GIVEN_UP_S = 2.0
_LEFT_S, _LAST_S = 1.0, 0.001
STILL_RUNS = "it did not heed its cancellation and still runs"


@dataclass(slots=True, eq=False)
class _Run:
    call: Call
    task: "asyncio.Task[None] | None" = None
    ending: Ending | None = None  # once we end it
    limit: Alarm | None = None
    is_over: bool = False
    is_told: bool = False  # that it has started
    started_ms: int = 0
    began: float = 0.0


class CoroutineExecutor:
    """Runs coroutine tasks, so many at a time as there are slots.

    What is asked of it does not wait for the event loop: a coroutine that never comes to an
    `await` keeps that busy, and is given up as one that does not heed its cancellation.

    Args:
        tell: Records progress.
        note: Writes to a run's log.
    """

    def __init__(self, tasks: Registry, *, slots: int, tell: Tell, note: Note) -> None:
        self._tasks, self._slots, self._tell, self._note = tasks, slots, tell, note
        self._reports, self._alarms = Reports[RunReport](), Alarms()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="queuectl-asyncio", daemon=True)
        self._lock = threading.RLock()
        self._waiting: deque[Claim] = deque()
        self._runs: dict[RunKey, _Run] = {}
        self._fence_ms: int | None = None
        self._is_closed = False

    def start(self) -> None:
        """Start the event loop."""
        self._alarms.start()
        self._thread.start()

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run *claims* in order, as slots are free."""
        with self._lock:
            self._waiting.extend(claims)
        self._soon(self._fill)

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those that have not started."""
        with self._lock:
            self._take_back(keys)

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """Tell the run to end, and cancel it after *grace_ms*."""
        with self._lock:
            self._stop([key], grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """Tell every run to end, and cancel what is left after *grace_ms*."""
        with self._lock:
            self._stop([*map(key_of, self._waiting), *self._runs], grace_ms)

    def extend(self, until_ms: int) -> None:
        """Let runs go on until *until_ms*."""
        self._fence_ms = until_ms
        self._alarms.set(until_ms, self._heed_fence)

    def filenos(self) -> list[int]:
        """Return the descriptor of the reports."""
        return [self._reports.fileno()]

    def receive(self) -> list[RunReport]:
        """Return the reports that wait."""
        return self._reports.take()

    def close(self) -> None:
        """Cancel what still runs and end the loop."""
        self.stop_all(grace_ms=0)
        self._is_closed = True
        self._soon(lambda: self._loop.call_later(_LAST_S, self._loop.stop))
        self._thread.join(GIVEN_UP_S)
        self._alarms.close()
        self._reports.close()

    def _soon(self, call: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        while not self._is_closed:
            try:
                self._loop.run_forever()
            except BaseException:  # of a task that a coroutine made: the loop raises two kinds
                log.exception("what a coroutine left on the event loop tried to end it")
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=_LEFT_S))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    # On the loop.

    def _fill(self) -> None:
        with self._lock:
            while self._waiting and len(self._runs) < self._slots:
                self._start(self._waiting.popleft())

    def _start(self, claim: Claim) -> None:
        assert isinstance(claim.job.work, Task)
        call = make_call(claim, self._tasks.find(claim.job.work.name), self._tell)
        run = _Run(call, started_ms=time.time_ns() // 1_000_000, began=time.monotonic())
        self._runs[key_of(claim)] = run
        # It may have ended before anybody hears that it started; then its end says both.
        self._put_lazily()
        run.task = self._loop.create_task(self._follow(run), name=call.task.name)
        if (timeout_ms := claim.job.timeout_ms) is not None:
            at_ms = monotonic_ms() + timeout_ms
            run.limit = self._alarms.set(at_ms, lambda: self._out_of_time(run))

    def _put_lazily(self, *reports: RunReport) -> None:
        if self._reports.put_lazily(*reports):
            self._loop.call_later(LATE_MS / 1000, self._tell_late)

    def _tell_late(self) -> None:
        with self._lock:
            begun = [(key, run) for key, run in self._runs.items() if not run.is_told]
            for _, run in begun:
                run.is_told = True
        starts = (RunStarted(key=key, pid=None, at_ms=run.started_ms) for key, run in begun)
        self._reports.wake(*starts)

    async def _follow(self, run: _Run) -> None:
        ending: Ending
        try:
            enter(run.call.context)
            ending = await run.call.follow()
        except asyncio.CancelledError as error:
            # Unless we asked for it, something that it waited for was cancelled: its own error.
            ending = Stopped() if self._is_closed else ending_of(error)
        except BaseException as error:  # noqa: BLE001  # whatever a task raises is its own outcome
            ending = ending_of(error)
        with self._lock:
            if run.is_over:  # given up
                return
            report = self._over(run, run.ending or ending)
            if not self._waiting:
                self._reports.put(report)
                return
        self._put_lazily(report)
        self._fill()

    # With the lock held, in any thread.

    def _take_back(self, keys: Sequence[RunKey]) -> None:
        wanted = set(keys)
        given_back = [claim for claim in self._waiting if key_of(claim) in wanted]
        for claim in given_back:
            self._waiting.remove(claim)
        self._reports.put(*(RunRecalled(key=key_of(claim)) for claim in given_back))

    def _stop(self, keys: Sequence[RunKey], grace_ms: int) -> None:
        self._take_back(keys)
        for key in keys:
            if (run := self._runs.get(key)) is not None:
                self._end(run, Stopped(), grace_ms)

    def _end(self, run: _Run, ending: Ending, grace_ms: int) -> None:
        if run.is_over or (task := run.task) is None:
            return
        run.ending = run.ending or ending
        run.call.context.cancelled.set()
        self._soon(lambda: self._loop.call_later(grace_ms / 1000, task.cancel))
        at_ms = monotonic_ms() + grace_ms + round(GIVEN_UP_S * 1000)
        self._alarms.set(at_ms, lambda: self._give_up(run))

    def _over(self, run: _Run, ending: Ending) -> RunEnded:
        run.is_over = True
        self._alarms.drop(run.limit)
        self._runs.pop(key_of(run.call.claim), None)
        return ended(run.call, ending, started_ms=run.started_ms, began=run.began, note=self._note)

    # Called by the alarms.

    def _out_of_time(self, run: _Run) -> None:
        late = TimedOut(after_ms=run.call.claim.job.timeout_ms or 0)
        with self._lock:
            # A coroutine needs no grace: cancelling it is asking it.
            self._end(run, late, 0)

    def _give_up(self, run: _Run) -> None:
        with self._lock:
            if run.is_over:
                return
            report = self._over(run, run.ending or Stopped())
        log.error(STILL_RUNS, extra=run_fields(run.call.claim.job))
        error = f"{report.facts.error}; {STILL_RUNS}" if report.facts.error else STILL_RUNS
        self._reports.put(report._replace(facts=report.facts._replace(error=error)))
        self._soon(self._fill)

    def _heed_fence(self) -> None:
        if self._fence_ms is not None and monotonic_ms() >= self._fence_ms:
            self.stop_all(grace_ms=0)
