"""Tasks in threads of this process.

A thread cannot be killed. A run that must end is told (`Context.cancelled`); what has not ended
after its grace gets an exception raised in it, which Python delivers at the next line it runs
outside of what must stay whole (see `queuectl_store.interrupts`);
and what sits in a call that never returns is given up: its slot gets a new thread, and the
attempt's error says that the old one still runs.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from queuectl_store import Claim, Task
from queuectl_store.interrupts import Gate, leave
from queuectl_worker.context import Tell, run_fields
from queuectl_worker.executors.alarms import Alarm, Alarms
from queuectl_worker.executors.calling import Call, MustEnd, Note, ended, make_call
from queuectl_worker.executors.interrupting import interrupt
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

UNSTOPPABLE_MS = 2_000
_RAISE_AGAIN_MS = 5
STILL_RUNS = "its thread could not be stopped and still runs"


class RunMustEnd(MustEnd):
    """Raised inside a task that did not end when it was told to. Not for catching."""


@dataclass(slots=True, eq=False)
class _Run:
    claim: Claim
    key: RunKey
    call: Call | None = None  # once it has begun
    gate: Gate = field(default_factory=Gate)  # open while the task's own code runs
    thread_id: int = 0
    ending: Ending | None = None  # once we end it
    limit: Alarm | None = None
    was_raised: bool = False
    has_left: bool = False  # the task's own code
    is_over: bool = False
    is_told: bool = False  # that it has started
    started_ms: int = 0
    began: float = 0.0


class ThreadExecutor:
    """Runs tasks in threads.

    Args:
        tell: Records progress.
        note: Writes to a run's log.
        kill_grace_ms: How long a run that reached its time limit may take to end.
    """

    def __init__(
        self,
        tasks: Registry,
        *,
        slots: int,
        tell: Tell,
        note: Note,
        kill_grace_ms: Callable[[], int],
    ) -> None:
        self._tasks, self._slots, self._tell, self._note = tasks, slots, tell, note
        self._kill_grace_ms = kill_grace_ms
        self._reports, self._alarms = Reports[RunReport](), Alarms()
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._waiting: deque[_Run] = deque()
        self._runs: dict[RunKey, _Run] = {}  # those that wait included
        self._begun: dict[RunKey, _Run] = {}
        self._threads = self._idle = 0
        self._fence_ms: int | None = None
        self._is_closed = False

    def start(self) -> None:
        """Get ready; threads are started as they are needed."""
        self._alarms.start()

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run *claims* in order, as threads are free."""
        with self._lock:
            for claim in claims:
                key = key_of(claim)
                self._runs[key] = run = _Run(claim, key)
                self._waiting.append(run)
            for _ in range(min(len(self._waiting) - self._idle, self._slots - self._threads)):
                self._start_thread()
            self._changed.notify(min(len(claims), self._idle))

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those that have not started."""
        with self._lock:
            self._take_back([run for key in keys if (run := self._runs.get(key)) is not None])

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """Tell the run to end."""
        with self._lock:
            if (run := self._runs.get(key)) is not None:
                self._end(run, Stopped(), grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """Tell every run to end."""
        with self._lock:
            for run in list(self._runs.values()):
                self._end(run, Stopped(), grace_ms)

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
        """Start nothing more; what still runs is told to end, and ends with the program."""
        self.stop_all(grace_ms=0)
        with self._lock:
            self._is_closed = True
            self._changed.notify_all()
        self._alarms.close()
        self._reports.close()

    def _heed_fence(self) -> None:
        if self._fence_ms is not None and monotonic_ms() >= self._fence_ms:
            self.stop_all(grace_ms=0)

    # Called with the lock held.

    def _start_thread(self) -> None:
        self._threads += 1
        name = f"queuectl-task-{self._threads}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _take_back(self, runs: Sequence[_Run]) -> None:
        for run in runs:
            if run in self._waiting:
                self._waiting.remove(run)
                del self._runs[run.key]
                self._reports.put(RunRecalled(key=run.key))

    def _end(self, run: _Run, ending: Ending, grace_ms: int) -> None:
        if run in self._waiting:
            self._take_back([run])
            return
        if run.is_over or run.call is None:
            return
        run.ending = run.ending or ending
        run.call.context.cancelled.set()
        at_ms = monotonic_ms() + grace_ms
        self._alarms.set(at_ms, lambda: self._raise_in(run))
        self._alarms.set(at_ms + UNSTOPPABLE_MS, lambda: self._give_up(run))

    # Called by the alarms.

    def _out_of_time(self, run: _Run) -> None:
        timeout_ms = run.claim.job.timeout_ms or 0
        with self._lock:
            self._end(run, TimedOut(after_ms=timeout_ms), self._kill_grace_ms())

    def _raise_in(self, run: _Run) -> None:
        with self._lock:
            if run.has_left or run.was_raised:
                return
            run.was_raised = interrupt(run.thread_id, run.gate, RunMustEnd)
            if not run.was_raised:
                self._alarms.set(monotonic_ms() + _RAISE_AGAIN_MS, lambda: self._raise_in(run))

    def _give_up(self, run: _Run) -> None:
        with self._lock:
            if run.is_over or self._is_closed:
                return
            log.error(STILL_RUNS, extra=run_fields(run.claim.job))
            self._over(run, run.ending or Stopped(), still_runs=True)
            self._threads -= 1
            if self._waiting:
                self._start_thread()

    def _tell_late(self) -> None:
        with self._lock:
            begun = [run for run in self._begun.values() if not run.is_told]
            for run in begun:
                run.is_told = True
            self._reports.wake(
                *(RunStarted(key=run.key, pid=None, at_ms=run.started_ms) for run in begun)
            )

    # The threads.

    def _work(self) -> None:
        run = self._next()
        while run is not None:
            ending = self._call(run)
            run = self._next(run, ending)

    def _next(self, ended: _Run | None = None, ending: Ending | None = None) -> _Run | None:
        """Report the end of the run before, and return the one that begins now."""
        is_told = False
        with self._lock:
            if ended is not None and ending is not None:
                if ended.is_over:
                    return None  # given up: another thread has this one's place
                self._over(ended, ended.ending or ending)
                is_told = bool(self._waiting)
            while not self._waiting and not self._is_closed:
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            if self._is_closed:
                return None
            run = self._waiting.popleft()
            self._begin(run)
        if not is_told:
            # It may have ended before anybody hears that it started; then its end says both.
            self._put_lazily()
        return run

    def _begin(self, run: _Run) -> None:
        job = run.claim.job
        assert isinstance(job.work, Task)
        run.call = make_call(run.claim, self._tasks.find(job.work.name), self._tell)
        run.started_ms, run.began = time.time_ns() // 1_000_000, time.monotonic()
        self._begun[run.key] = run
        if job.timeout_ms is not None:
            at_ms = monotonic_ms() + job.timeout_ms
            run.limit = self._alarms.set(at_ms, lambda: self._out_of_time(run))

    def _put_lazily(self, *reports: RunReport) -> None:
        if self._reports.put_lazily(*reports):
            self._alarms.set(monotonic_ms() + LATE_MS, self._tell_late)

    def _call(self, run: _Run) -> Ending:
        # What ends a run by force arrives within the `try`, at any line: after the task too.
        assert run.call is not None
        ending: Ending | None = None
        run.thread_id = threading.get_ident()
        try:
            with run.gate:
                ending = run.call.run()
        except RunMustEnd:
            pass
        leave()
        run.has_left = True
        return ending or run.ending or Stopped()

    def _over(self, run: _Run, ending: Ending, *, still_runs: bool = False) -> None:
        run.is_over = True
        self._alarms.drop(run.limit)
        assert run.call is not None
        self._runs.pop(run.key, None)
        self._begun.pop(run.key, None)
        report = ended(
            run.call, ending, started_ms=run.started_ms, began=run.began, note=self._note
        )
        report = _with_note(report) if still_runs else report
        if self._waiting:
            self._put_lazily(report)
        else:
            self._reports.put(report)


def _with_note(report: RunEnded) -> RunEnded:
    error = f"{report.facts.error}; {STILL_RUNS}" if report.facts.error else STILL_RUNS
    return report._replace(facts=report.facts._replace(error=error))
