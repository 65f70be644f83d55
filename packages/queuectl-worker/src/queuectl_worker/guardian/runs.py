"""What waits and what runs: starts the next command at the exit of the last, and reaps."""

from __future__ import annotations

import os
import resource
import sys
from collections import OrderedDict
from collections.abc import Callable

from . import protocol
from .groups import Groups
from .outlets import Outlets
from .run import ASK_AGAIN_MS, NEVER, Request, Run, clock_ms
from .spawn import Programs, SpawnError, host_problem, spawn
from .spool import Spool
from .table import ADOPTS_ORPHANS
from .trees import Trees

Tell = Callable[[str, "tuple[object, ...]"], None]

_WATCH_MS = 100
# Each has a spool file open until it is accounted for.
_MOST_UNACCOUNTED = 16
# ru_maxrss: kilobytes on Linux, bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_ANY = -1


class Runs:
    """The queue and the slots of one guardian.

    The queue is what makes it fast: the next command starts at the exit of the last one, without
    a round trip to the worker. What else an exit asks for waits for `account`, which does it for
    several at once: beside busy commands the processor's caches are cold at each exit.
    """

    def __init__(
        self, *, slots: int, outlets: Outlets, groups: Groups, tag: bytes, tell: Tell
    ) -> None:
        self._slots = slots
        self._taken = 0
        self._outlets, self._groups = outlets, groups
        self._tag = tag
        self._tell = tell
        self._trees = Trees(protocol.RUN_TAG + b"=" + tag, groups)
        self._envs: dict[int, dict[bytes, bytes]] = {}
        self._waiting: OrderedDict[int, Request] = OrderedDict()
        self._by_pid: dict[int, Run] = {}
        self._by_key: dict[int, Run] = {}
        self._started = 0
        self._fresh: list[Run] = []
        self._ended: list[Run] = []
        self._run_due = NEVER  # none of the runs is due before
        self._fence = self._fall_due = self._watch_due = NEVER
        self._programs = Programs()
        self._devnull = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    @property
    def has_news(self) -> bool:
        """Whether `account` has something to tell."""
        return bool(self._fresh or self._ended)

    @property
    def has_queue(self) -> bool:
        """Whether commands wait for a slot, so that the worker need not hear of exits at once."""
        return bool(self._waiting)

    @property
    def is_crowded(self) -> bool:
        """Whether so many exits wait for `account` that it must come now."""
        return len(self._ended) >= _MOST_UNACCOUNTED

    def define_env(self, number: int, env: dict[bytes, bytes]) -> None:
        """Keep an environment for launches to name."""
        self._envs[number] = env

    def launch(self, *launches: tuple[object, ...]) -> None:
        """Put launches at the end of the queue."""
        for fields in launches:
            request = Request(*fields)  # type: ignore[arg-type]  # those of Launch
            self._waiting[request.key] = request

    def recall(self, *keys: int) -> None:
        """Drop those of *keys* that have not started."""
        for key in keys:
            if self._waiting.pop(key, None) is not None:
                self._tell(protocol.RECALLED, (key,))

    def stop(self, key: int, grace_ms: int) -> None:
        """End a run: SIGTERM now, SIGKILL after *grace_ms*; an impatient second stop counts."""
        self.recall(key)
        run = self._by_key.get(key)
        if run is None:
            return
        now = clock_ms()
        if run.stopped or run.timed_out:
            run.due = min(run.due, now + grace_ms)
        else:
            self._trees.signal(run, run.ask(now, grace_ms=grace_ms))
        run.stopped = True
        self._run_due = min(self._run_due, run.due)

    def stop_all(self, grace_ms: int) -> None:
        """End every run and empty the queue."""
        self.recall(*self._waiting)
        for key in list(self._by_key):
            self.stop(key, grace_ms)

    def extend(self, until_ms: int) -> None:
        """Move the fence: the moment after which nothing may run."""
        self._fence = self._fall_due = until_ms

    def next_due(self) -> int:
        """Return when `advance` must be called next, NEVER when only an event can bring work."""
        due = min(self._run_due, self._trees.due, self._watch_due)
        return min(due, self._fall_due) if self._by_pid or self._waiting else due

    def advance(self, now: int) -> None:
        """Do what time asks for: limits, fence, output, strays."""
        if now >= self._fence:
            self._fall(now)
        if now >= self._run_due:
            self._press(now)
        if now >= self._watch_due:
            for run in self._by_pid.values():
                self._outlets.watch(run.spools, run.request)
            self._watch_due = now + _WATCH_MS if self._by_pid else NEVER
        if now >= self._trees.due:
            self._trees.look(now)
            self._plan()

    def fill(self) -> None:
        """Start what waits while there are free slots."""
        started = self._started
        while self._waiting and self._taken < self._slots:
            request = next(iter(self._waiting.values()))
            # Nothing overtakes a wide one; one that is wider than we are has us for itself.
            if self._taken and self._taken + request.slots > self._slots:
                break
            del self._waiting[request.key]
            try:
                self._start(request)
            except SpawnError as error:
                self._tell(protocol.NOT_STARTED, (request.key, error.problem, error.message))
        if started != self._started and not self._waiting:
            os.chdir("/")  # a folder that a process stands in cannot be unmounted

    def reap(self) -> bool:
        """Collect processes that ended, adopted orphans too; say whether there may be more."""
        try:
            while len(self._ended) < _MOST_UNACCOUNTED:
                dead = _peek()
                if not dead:
                    return False
                is_orphan = dead != _ANY and dead not in self._by_pid
                # Asked before it is reaped: then nothing tells any more whose it was.
                owner = self._trees.run_of_orphan(dead) if is_orphan else None
                pid, status, usage = os.wait4(dead, os.WNOHANG)
                if not pid:
                    return False
                run = self._by_pid.pop(pid, None)
                if run is not None:
                    self._end(run, status, usage)
                elif owner is not None:
                    owner.cpu_s += usage.ru_utime + usage.ru_stime
        except ChildProcessError:
            return False
        return True

    def account(self) -> None:
        """Tell what started and ended, and see to what the ended ones left: strays and output."""
        for run in self._fresh:
            if run.exit is None:
                fields = (run.request.key, run.pid, run.started_ms)
                self._tell(protocol.STARTED, fields)
        self._fresh.clear()
        if not self._ended:
            return
        ended, self._ended = self._ended, []
        has_strays = self._trees.bury(ended, clock_ms())
        for run in ended:
            if run.exit is not None:
                log = self._outlets.settle(run.spools, run.request, may_reuse=not has_strays)
                self._tell(protocol.ENDED, run.ending(run.exit, rss_unit=_RSS_UNIT) + log)

    def kill_all(self) -> None:
        """Send SIGKILL to every process of every run until none is found."""
        self._trees.kill_all()

    def close(self) -> None:
        """Keep the output of what was running. The processes are the caller's to kill."""
        for run in (*self._by_pid.values(), *self._ended):
            self._outlets.settle(run.spools, run.request, may_reuse=False)
        self._outlets.close()

    def _start(self, request: Request) -> None:
        spools = self._open(request)
        self._started += 1
        try:
            pid = self._spawn(request, spools)
        except SpawnError:
            self._outlets.give_back(spools)
            raise
        self._outlets.handed_over(spools)
        run = Run(request, number=self._started, pid=pid, spools=spools)
        self._by_pid[pid] = self._by_key[request.key] = run
        self._taken += request.slots
        self._trees.add(run)
        self._run_due = min(self._run_due, run.due)
        self._watch_due = min(self._watch_due, run.started_at + _WATCH_MS)
        self._fresh.append(run)

    def _end(self, run: Run, status: int, usage: resource.struct_rusage) -> None:
        """Give the slots of *run* to what waits for them: its first process is gone."""
        self._taken -= run.request.slots
        run.end(status, usage)
        self._trees.end(run)
        del self._by_key[run.request.key]
        self._ended.append(run)
        self.fill()

    def _spawn(self, request: Request, spools: list[Spool]) -> int:
        tag = b"%s%d:%d" % (self._tag, request.key, self._started)
        stdin = self._input(request.input) if request.input else self._devnull
        self._groups.enter(self._started)
        try:
            return spawn(
                request.argv,
                cwd=request.cwd,
                env={**self._envs[request.env_ref], **request.env, protocol.RUN_TAG: tag},
                stdin=stdin,
                programs=self._programs,
                output=spools[0].target,
                errors=spools[-1].target,
            )
        finally:
            self._groups.leave(self._started, memory=request.memory)
            if stdin != self._devnull:
                os.close(stdin)

    def _open(self, request: Request) -> list[Spool]:
        try:
            return self._outlets.open(request)
        except OSError as error:
            if self._ended:
                self.account()  # it gives back the files of the silent ones
                return self._open(request)
            raise host_problem(error, "no file for the output could be made") from error

    def _input(self, content: bytes) -> int:
        try:
            return self._outlets.readable(content)
        except OSError as error:
            raise host_problem(error, "no file for its input could be made") from error

    def _press(self, now: int) -> None:
        """Take the steps that are due with the runs."""
        for run in self._by_pid.values():
            if now >= run.due and not run.is_warned:
                self._trees.warn(run, run.warn())
            elif now >= run.due:
                self._trees.signal(run, run.next_signal(now))
        self._plan()

    def _plan(self) -> None:
        self._run_due = min((run.due for run in self._by_pid.values()), default=NEVER)

    def _fall(self, now: int) -> None:
        """Stop at once what the worker may no longer own: its lease ends with the fence."""
        self.recall(*self._waiting)
        if not self._by_pid or now < self._fall_due:
            return
        self._fall_due = now + ASK_AGAIN_MS
        for run in self._by_pid.values():
            run.stopped = run.is_killing = True
        self._trees.kill_all()


def _peek() -> int:
    """Return a child that has ended, without reaping it; 0 if none has.

    Returns _ANY where no orphan ever comes to us, and so none need be known before it is reaped.
    """
    if not ADOPTS_ORPHANS:
        return _ANY
    dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    return dead.si_pid if dead else 0
