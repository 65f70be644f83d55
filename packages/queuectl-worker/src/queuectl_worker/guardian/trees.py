"""Signals for whole process trees: the live runs', and what ended runs left behind."""

from __future__ import annotations

import signal
from collections.abc import Iterable

from . import procs
from .groups import Groups
from .ledger import UNDECIDED, Ledger
from .run import ASK_AGAIN_MS, NEVER, Run, clock_ms
from .strike import kill_group_of, strike
from .table import Process, catches, share_of

# Often enough to have seen nearly every process before it leaves its session and its parents.
_LOOK_MS = 250
# With a limit on memory: a program takes some GB a second at most.
_WEIGH_MS = 50
_STRAY_GRACE_MS = 2_000
# So many times as long as a look took, until the next: a guardian that does nothing but look at a
# thousand processes, which all want the processor, comes late to the stop that ends them.
_REST = 4
# A round finds what was forked during the one before. Few, since deadlines of others wait.
_KILL_ROUNDS = 8


class Trees:
    """The processes below the guardian, by run.

    A stray, a process that outlives its run, gets SIGTERM when it is found and SIGKILL when the
    run's grace is over. `due` is the time of the next look, NEVER while there is nothing to see.

    *tag* is how the variable begins that each run has in its environment, and nobody else has.
    """

    def __init__(self, tag: bytes, groups: Groups) -> None:
        self.due = NEVER
        self._rest_ms = 0
        self._groups = groups
        self._ledger = Ledger(tag, groups.run_of)
        self._leaders: dict[int, int] = {}
        self._runs: dict[int, Run] = {}
        self._unburied: dict[int, Run] = {}
        self._limited: set[int] = set()
        self._kill_at: dict[int, int] = {}
        self._asked: set[tuple[int, str]] = set()

    def add(self, run: Run) -> None:
        """Count the tree of *run*'s first process as its own from now on."""
        self._leaders[run.pid] = run.number
        self._runs[run.number] = run
        if run.request.memory:
            self._limited.add(run.number)
        self.due = min(self.due, run.started_at + self._pause_ms)

    def end(self, run: Run) -> None:
        """Forget the first process of *run*: its pid may be another's now."""
        del self._leaders[run.pid]
        self._unburied[run.number] = self._runs.pop(run.number)
        self._limited.discard(run.number)
        group = self._groups.of_run(run.number)
        if group is not None:
            run.measure(group)
            self._groups.reclaim(self._runs)  # the next run in line takes it at once

    def run_of_orphan(self, pid: int) -> Run | None:
        """Return whose an adopted orphan was that ended; None if that is unknown, or long over."""
        sessions = {run.pid: number for number, run in self._unburied.items()}
        number = self._ledger.run_of_orphan(pid, sessions | self._leaders)
        return self._runs.get(number) or self._unburied.get(number)

    def bury(self, ended: list[Run], now: int) -> bool:
        """Say whether *ended* left processes behind; these are strays from now on."""
        self._unburied.clear()
        sessions = {run.pid: run.number for run in ended}
        if not self._ledger.has_news(self._leaders, sessions):
            return False
        for run in ended:
            grace_ms = 0 if run.is_killing else min(run.grace_ms, _STRAY_GRACE_MS)
            self._kill_at[run.number] = now + grace_ms
        found_any = self.look(now)
        for run in ended:
            run.cpu_s += self._ledger.spent_by(run.number)
        # What was just forked is not recognised before its exec: look again soon, once.
        self.due = now + ASK_AGAIN_MS
        return found_any

    def look(self, now: int) -> bool:
        """Learn whose each process is, weigh the runs, chase the strays; say if there are any."""
        began = clock_ms()
        for number, at in self._kill_at.items():
            if now >= at:
                self._kill_group(number)
                strike(self._ledger.orphans_of(number, self._leaders)[0], signal.SIGKILL)
        census = self._ledger.scan(self._leaders)
        for number, processes in census.items():
            if number in self._runs:
                self._weigh(self._runs[number], processes, now)
        strays = self._strays_in(census)
        for number, processes in strays.items():
            if now < self._kill_at.setdefault(number, now + _STRAY_GRACE_MS):
                self._ask_once(processes)
            else:
                self._kill_group(number)
                _send_all(processes, signal.SIGKILL)
        # What hops from parent to child may be missed by a look: look again, with no new grace.
        self._kill_at = {
            number: at
            for number, at in self._kill_at.items()
            if number in strays or now < at + _STRAY_GRACE_MS
        }
        self._asked &= {process.identity for found in census.values() for process in found}
        self._rest_ms = _REST * (clock_ms() - began)
        self._plan(now, strays, is_busy=bool(self._leaders or census or self._kill_at))
        return bool(strays or UNDECIDED in census)

    def signal(self, run: Run, signum: int) -> None:
        """Send *signum* to the tree of *run*; SIGKILL until no process of it is found."""
        if signum == signal.SIGKILL:
            self._kill_group(run.number)
            if self._is_unreaped(run):
                kill_group_of(run.pid)
            self._kill(run)
            return
        struck, is_all = self._strike(run, signum)
        if not struck or not is_all:
            self._ask_once(self._ledger.scan(self._leaders).get(run.number, []))

    def _kill(self, run: Run) -> None:
        for _ in range(_KILL_ROUNDS):
            if self._strike(run, signal.SIGKILL)[0]:
                continue
            living = self._ledger.scan(self._leaders).get(run.number, [])
            if not living:
                return
            _send_all(living, signal.SIGKILL)

    def _strike(self, run: Run, signum: int) -> tuple[bool, bool]:
        """Signal what is below *run* without a scan; tell whether any lived, and if it was all."""
        orphans, is_all = self._ledger.orphans_of(run.number, self._leaders)
        first = [run.pid] if self._is_unreaped(run) else []
        spared = self._asked if signum == signal.SIGTERM else ()
        struck = strike(first + orphans, signum, spared=spared)
        if signum == signal.SIGTERM:
            self._asked.update(struck)
        return bool(struck), is_all

    def _is_unreaped(self, run: Run) -> bool:
        return self._leaders.get(run.pid) == run.number

    def warn(self, run: Run, signum: int) -> None:
        """Send *signum* to those of the tree that have a handler: others would only die of it."""
        living = self._ledger.scan(self._leaders).get(run.number, [])
        _send_all([process for process in living if catches(process, signum)], signum)

    def kill_all(self) -> None:
        """Send SIGKILL to every process of every run until none is found."""
        self._groups.kill_runs()
        for _ in range(_KILL_ROUNDS):
            if strike(self._ledger.children(), signal.SIGKILL):
                continue
            census = self._ledger.scan(self._leaders)
            living = [process for found in census.values() for process in found]
            if not living:
                return
            _send_all(living, signal.SIGKILL)

    def _kill_group(self, number: int) -> None:
        group = self._groups.of_run(number)
        if group is not None:
            group.kill()

    def _weigh(self, run: Run, processes: list[Process], now: int) -> None:
        """Note the memory of a tree, and kill one that has more than it may."""
        resident = sum(process.resident for process in processes)
        run.peak = max(run.peak, resident)
        limit = run.request.memory
        if not limit or resident <= limit or run.is_killing:
            return
        # What processes share was counted once for each of them.
        if len(processes) == 1 or sum(map(share_of, processes)) > limit:
            run.over_memory = True
            self.signal(run, run.kill(now))

    def _strays_in(self, census: dict[int, list[Process]]) -> dict[int, list[Process]]:
        spared = {UNDECIDED, *self._leaders.values()}
        return {number: found for number, found in census.items() if number not in spared}

    def _ask_once(self, processes: list[Process]) -> None:
        """Send SIGTERM to those that had none: many programs take a second one as an order."""
        fresh = [process for process in processes if process.identity not in self._asked]
        _send_all(fresh, signal.SIGTERM)
        self._asked |= {process.identity for process in fresh}

    def _plan(self, now: int, strays: Iterable[int], *, is_busy: bool) -> None:
        """Set the time of the next look."""
        later = [max(self._kill_at[number], now + ASK_AGAIN_MS) for number in strays]
        self.due = max(min([now + self._pause_ms, *later]), clock_ms() + self._rest_ms)
        if not is_busy:
            self.due = NEVER

    @property
    def _pause_ms(self) -> int:
        return _WEIGH_MS if self._limited else _LOOK_MS


def _send_all(processes: list[Process], signum: int) -> None:
    for process in processes:
        procs.send(process, signum)
        if signum == signal.SIGTERM:
            # A stopped process would take the signal only when somebody continues it.
            procs.send(process, signal.SIGCONT)
