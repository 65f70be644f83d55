"""Commands, functions and coroutines side by side, in one number of slots.

What waits for a slot waits here, and starts in the order of its claim, whatever it is.
"""

from collections import deque
from collections.abc import Sequence

from queuectl_store import Claim, RunFacts, Task
from queuectl_worker.executors.protocol import (
    Executor,
    RunEnded,
    RunKey,
    RunRecalled,
    RunReport,
    RunStarted,
    Unserved,
    key_of,
)
from queuectl_worker.executors.reports import Reports
from queuectl_worker.tasks import Registry


class MixedExecutor:
    """Gives each claim to the executor for its kind as slots free up.

    Args:
        commands: Runs what is not a task.
        functions: Runs tasks that are plain functions.
        coroutines: Runs tasks that are `async def`; None: *functions* runs them too.
    """

    def __init__(
        self,
        tasks: Registry,
        *,
        slots: int,
        commands: Executor,
        functions: Executor,
        coroutines: Executor | None = None,
    ) -> None:
        self._tasks, self._slots = tasks, slots
        self._commands, self._functions = commands, functions
        self._coroutines = coroutines or functions
        self._all = (commands, functions, *([coroutines] if coroutines else []))
        self._own = Reports[RunReport]()
        self._waiting: deque[Claim] = deque()
        self._running: dict[RunKey, tuple[Executor, int]] = {}  # with the slots that it takes

    def start(self) -> None:
        """Start the executors."""
        for executor in self._all:
            executor.start()

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run *claims* in order as slots free up; a task that is not known here is unserved."""
        for claim in claims:
            work = claim.job.work
            if isinstance(work, Task) and work.name not in self._tasks:
                unserved = RunEnded(
                    key=key_of(claim), facts=RunFacts(), ending=Unserved(), run_ms=0
                )
                self._own.put(unserved)
            else:
                self._waiting.append(claim)
        self._fill()

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those that have not started."""
        wanted = set(keys)
        for claim in [each for each in self._waiting if key_of(each) in wanted]:
            self._waiting.remove(claim)
            self._own.put(RunRecalled(key=key_of(claim)))
        for executor in self._all:
            executor.recall([key for key in keys if self._executor_of(key) is executor])

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """End one run, wherever it is."""
        if (executor := self._executor_of(key)) is not None:
            executor.stop(key, grace_ms=grace_ms)
        else:
            self.recall([key])

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run."""
        for executor in self._all:
            executor.stop_all(grace_ms=grace_ms)

    def extend(self, until_ms: int) -> None:
        """Let runs go on until *until_ms*."""
        for executor in self._all:
            executor.extend(until_ms)

    def filenos(self) -> list[int]:
        """Return the descriptors of all of them."""
        return [self._own.fileno(), *(fd for each in self._all for fd in each.filenos())]

    def receive(self) -> list[RunReport]:
        """Return the reports that wait, and start what has a slot now."""
        reports = [*self._own.take(), *(report for each in self._all for report in each.receive())]
        for report in reports:
            if not isinstance(report, RunStarted):
                self._running.pop(report.key, None)
        self._fill()
        return reports

    def close(self) -> None:
        """Kill what still runs and let go of everything."""
        for executor in self._all:
            executor.close()
        self._own.close()

    def _fill(self) -> None:
        busy = sum(slots for _, slots in self._running.values())
        while self._waiting and busy + (slots := self._width(self._waiting[0])) <= self._slots:
            claim = self._waiting.popleft()
            executor, busy = self._for(claim), busy + slots
            self._running[key_of(claim)] = executor, slots
            executor.submit([claim])

    def _width(self, claim: Claim) -> int:
        # What is wider than the whole worker runs alone, rather than never.
        return min(claim.job.slots, self._slots)

    def _executor_of(self, key: RunKey) -> Executor | None:
        found = self._running.get(key)
        return found and found[0]

    def _for(self, claim: Claim) -> Executor:
        work = claim.job.work
        if not isinstance(work, Task):
            return self._commands
        is_coroutine = self._tasks.find(work.name).is_coroutine
        return self._coroutines if is_coroutine else self._functions
