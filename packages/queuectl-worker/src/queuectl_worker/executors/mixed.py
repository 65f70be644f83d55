"""Commands, functions and coroutines side by side, in one number of slots.

What waits for a slot waits here, and starts in the order of its claim, whatever it is. Where all
that is held is of one kind, its executor holds the queue: a turn of the hot loop between any two
short tasks would cost more than the tasks.
"""

from collections import Counter, deque
from collections.abc import Sequence

from queuectl_store import Claim, RunFacts, Task, Work
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
        self._waiting: deque[tuple[Claim, Executor]] = deque()
        self._given: dict[RunKey, tuple[Executor, int]] = {}  # with the slots that it takes
        self._given_to: Counter[Executor] = Counter()
        self._busy = 0  # slots of all that was given

    def start(self) -> None:
        """Start the executors."""
        for executor in self._all:
            executor.start()

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run *claims* in order as slots free up; a task that is not known here is unserved."""
        for claim in claims:
            if (executor := self._for(claim.job.work)) is not None:
                self._waiting.append((claim, executor))
            else:
                unserved = RunEnded(
                    key=key_of(claim), facts=RunFacts(), ending=Unserved(), run_ms=0
                )
                self._own.put(unserved)
        self._fill()

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those that have not started."""
        wanted = set(keys)
        for each in [each for each in self._waiting if key_of(each[0]) in wanted]:
            self._waiting.remove(each)
            self._own.put(RunRecalled(key=key_of(each[0])))
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
                self._is_over(report.key)
        self._fill()
        return reports

    def close(self) -> None:
        """Kill what still runs and let go of everything."""
        for executor in self._all:
            executor.close()
        self._own.close()

    def _fill(self) -> None:
        chosen: dict[Executor, list[Claim]] = {}
        while self._waiting:
            claim, executor = self._waiting[0]
            # What is wider than the whole worker runs alone, rather than never.
            slots = min(claim.job.slots, self._slots)
            if self._busy + slots > self._slots and not self._may_queue(executor, slots):
                break
            self._waiting.popleft()
            self._given[key_of(claim)] = executor, slots
            self._given_to[executor] += 1
            self._busy += slots
            chosen.setdefault(executor, []).append(claim)
        for executor, claims in chosen.items():
            executor.submit(claims)

    def _may_queue(self, executor: Executor, slots: int) -> bool:
        """Tell whether *executor* alone decides what runs next: all is its own, and one slot wide.

        It keeps to the slots by itself, so that nothing has to wait for our next turn.
        """
        held = len(self._given)
        return slots == 1 and self._busy == held == self._given_to[executor]

    def _is_over(self, key: RunKey) -> None:
        if (given := self._given.pop(key, None)) is not None:
            executor, slots = given
            self._given_to[executor] -= 1
            self._busy -= slots

    def _executor_of(self, key: RunKey) -> Executor | None:
        found = self._given.get(key)
        return found and found[0]

    def _for(self, work: Work) -> Executor | None:
        """Return what runs *work*; None for a task that is not known here."""
        if not isinstance(work, Task):
            return self._commands
        if work.name not in self._tasks:
            return None
        is_coroutine = self._tasks.find(work.name).is_coroutine
        return self._coroutines if is_coroutine else self._functions
