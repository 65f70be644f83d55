"""What waits and what runs: starts the next command at the exit of the last, and reaps."""

from __future__ import annotations

import os
import resource
import sys
from collections import OrderedDict
from collections.abc import Callable

from . import protocol
from .run import ASK_AGAIN_MS, Request, Run, clock_ms
from .spawn import Programs, SpawnError, host_problem, spawn
from .spool import Spool, SpoolRoom
from .trees import Trees

Tell = Callable[[str, "dict[str, object]"], None]
Exit = tuple[Run, int, resource.struct_rusage]

_WATCH_MS = 100
# ru_maxrss: kilobytes on Linux, bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Runs:
    """The queue and the slots of one guardian.

    The queue is what makes it fast: the next command starts at the exit of the last one, without
    a round trip to the worker.
    """

    def __init__(self, *, slots: int, room: SpoolRoom, tag: bytes, tell: Tell) -> None:
        self._slots = slots
        self._taken = 0
        self._room = room
        self._tag = tag
        self._tell = tell
        self._trees = Trees(protocol.RUN_TAG + b"=" + tag)
        self._envs: dict[int, dict[bytes, bytes]] = {}
        self._waiting: OrderedDict[int, Request] = OrderedDict()
        self._by_pid: dict[int, Run] = {}
        self._by_key: dict[int, Run] = {}
        self._started = 0
        self._fence: int | None = None
        self._fall_due: int | None = None
        self._watch_due: int | None = None
        self._programs = Programs()
        self._devnull = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)

    @property
    def has_queue(self) -> bool:
        """Whether commands wait for a slot."""
        return bool(self._waiting)

    def define_env(self, number: int, env: dict[bytes, bytes]) -> None:
        """Keep an environment for launches to name."""
        self._envs[number] = env

    def launch(self, *launches: tuple[object, ...]) -> None:
        """Put launches at the end of the queue."""
        for fields in launches:
            request = Request(*fields)  # type: ignore[arg-type]  # Launch.wire gave them
            self._waiting[request.key] = request

    def recall(self, *keys: int) -> None:
        """Drop those of *keys* that have not started."""
        for key in keys:
            if self._waiting.pop(key, None) is not None:
                self._tell(protocol.RECALLED, {"key": key})

    def stop(self, key: int, grace_ms: int) -> None:
        """End a run: SIGTERM now, SIGKILL after *grace_ms*; an impatient second stop counts."""
        self.recall(key)
        run = self._by_key.get(key)
        if run is None:
            return
        now = clock_ms()
        if run.due is not None and (run.stopped or run.timed_out):
            run.due = min(run.due, now + grace_ms)
        else:
            self._trees.signal(run, run.ask(now, grace_ms=grace_ms))
        run.stopped = True

    def stop_all(self, grace_ms: int) -> None:
        """End every run and empty the queue."""
        self.recall(*self._waiting)
        for key in list(self._by_key):
            self.stop(key, grace_ms)

    def extend(self, until_ms: int) -> None:
        """Move the fence: the moment after which nothing may run."""
        self._fence = self._fall_due = until_ms

    def next_due(self) -> int | None:
        """Return when `advance` must be called next, None when only an event can bring work."""
        dues = [run.due for run in self._by_pid.values()]
        dues += [self._trees.due, self._watch_due]
        if self._by_pid or self._waiting:
            dues.append(self._fall_due)
        return min((due for due in dues if due is not None), default=None)

    def advance(self, now: int) -> None:
        """Do what time asks for: limits, fence, output, strays."""
        if self._fence is not None and now >= self._fence:
            self._fall(now)
        for run in self._by_pid.values():
            if run.due is not None and now >= run.due:
                self._trees.signal(run, run.next_signal(now))
        if self._watch_due is not None and now >= self._watch_due:
            for run in self._by_pid.values():
                self._room.watch(run.spool, run.request.log)
            self._watch_due = now + _WATCH_MS if self._by_pid else None
        if self._trees.due is not None and now >= self._trees.due:
            self._trees.look(now)

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
                problem = {"problem": error.problem, "message": error.message}
                self._tell(protocol.NOT_STARTED, {"key": request.key, **problem})
        if started != self._started and not self._waiting:
            os.chdir("/")  # a folder that a process stands in cannot be unmounted

    def reap(self) -> None:
        """Collect every process that ended: first processes and adopted orphans."""
        exits: list[Exit] = []
        try:
            while True:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if not pid:
                    break
                run = self._by_pid.pop(pid, None)
                if run is not None:
                    self._taken -= run.request.slots
                    exits.append((run, status, usage))
        except ChildProcessError:
            pass
        if exits:
            # The next commands first: they run on while the last ones are accounted for.
            self.fill()
            self._finish(exits)

    def kill_all(self) -> None:
        """Send SIGKILL to every process of every run until none is found."""
        self._trees.kill_all()

    def close(self) -> None:
        """Keep the output of what was running. The processes are the caller's to kill."""
        for run in self._by_pid.values():
            self._room.settle(run.spool, run.request.log, may_reuse=False)
        self._room.close()

    def _start(self, request: Request) -> None:
        spool = self._take_spool()
        self._started += 1
        tag = b"%s%d:%d" % (self._tag, request.key, self._started)
        try:
            pid = spawn(
                request.argv,
                cwd=request.cwd,
                env={**self._envs[request.env_ref], **request.env, protocol.RUN_TAG: tag},
                stdin=self._devnull,
                programs=self._programs,
                output=spool.fd,
            )
        except SpawnError:
            self._room.settle(spool, request.log, may_reuse=True)
            raise
        run = Run(request, number=self._started, pid=pid, spool=spool)
        self._by_pid[pid] = self._by_key[request.key] = run
        self._taken += request.slots
        self._trees.add(run, run.started_at)
        if self._watch_due is None:
            self._watch_due = run.started_at + _WATCH_MS
        self._tell(protocol.STARTED, {"key": request.key, "pid": pid, "at_ms": run.started_ms})

    def _take_spool(self) -> Spool:
        try:
            return self._room.take()
        except OSError as error:
            raise host_problem(error, "no file for the output could be made") from error

    def _finish(self, exits: list[Exit]) -> None:
        has_strays = self._trees.bury([run for run, _, _ in exits], clock_ms())
        for run, status, usage in exits:
            del self._by_key[run.request.key]
            fields = run.ending(status, usage, rss_unit=_RSS_UNIT)
            fields["log_bytes"], fields["log_problem"] = self._room.settle(
                run.spool, run.request.log, may_reuse=not has_strays
            )
            self._tell(protocol.ENDED, fields)

    def _fall(self, now: int) -> None:
        """Stop at once what the worker may no longer own: its lease ends with the fence."""
        self.recall(*self._waiting)
        if not self._by_pid or self._fall_due is None or now < self._fall_due:
            return
        self._fall_due = now + ASK_AGAIN_MS
        for run in self._by_pid.values():
            run.stopped = run.is_killing = True
        self._trees.kill_all()
