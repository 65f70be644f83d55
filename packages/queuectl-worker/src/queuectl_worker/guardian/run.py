"""One run inside the guardian: what was asked for, and how far it got."""

from __future__ import annotations

import os
import resource
import signal
import time

from .groups import Group
from .spool import Spool

ASK_AGAIN_MS = 20
# What its tree did in less time than between two looks is in what its first process waited for.
_WORTH_MEASURING_MS = 250
# A time that never comes.
NEVER = 1 << 62


def clock_ms() -> int:
    """Read the clock that deadlines and the fence are on: monotonic, blind to suspends."""
    return time.monotonic_ns() // 1_000_000


def wall_ms() -> int:
    """Read the clock that people read."""
    return time.time_ns() // 1_000_000


Exit = tuple[int, resource.struct_rusage]


class Request:
    """A launch as it came over the socket; the fields are those of `Launch`, in its order.

    A plain class, as all of the guardian's: importing dataclasses costs more than starting it.
    """

    __slots__ = (
        "argv",
        "cwd",
        "env",
        "env_ref",
        "errors",
        "grace_ms",
        "input",
        "key",
        "log",
        "memory",
        "slots",
        "timeout_ms",
        "warning",
    )

    def __init__(
        self,
        key: int,
        argv: tuple[bytes, ...],
        cwd: bytes,
        env_ref: int,
        env: dict[bytes, bytes],
        log: bytes,
        timeout_ms: int | None,
        grace_ms: int,
        slots: int = 1,
        memory: int = 0,
        warning: tuple[int, ...] = (),
        errors: bytes = b"",
        input: bytes = b"",  # noqa: A002  the field's name in `Launch`
    ) -> None:
        self.key = key
        self.argv = argv
        self.cwd = cwd
        self.env_ref = env_ref
        self.env = env
        self.log = log
        self.timeout_ms = timeout_ms
        self.grace_ms = grace_ms
        self.slots = slots
        self.memory = memory
        self.warning = warning
        self.errors = errors
        self.input = input


class Run:
    """A request whose first process lives.

    `due` is when something must be done to it next: the warning, SIGTERM at its limit, then
    SIGKILL, then SIGKILL again until its first process has been reaped. *spools* are the files for
    its stdout and, if that is apart, its stderr. `cpu_s` and `peak` (bytes) are what was seen of
    its tree beyond what the kernel tells of its first process; `group_cpu_s` is the former as its
    control group has it, which also knows what no look has seen.
    """

    __slots__ = (
        "cpu_s",
        "due",
        "ended_at",
        "exit",
        "grace_ms",
        "group_cpu_s",
        "is_killing",
        "is_warned",
        "number",
        "over_memory",
        "peak",
        "pid",
        "request",
        "spools",
        "started_at",
        "started_ms",
        "stopped",
        "timed_out",
    )

    def __init__(self, request: Request, *, number: int, pid: int, spools: list[Spool]) -> None:
        self.request = request
        self.number = number
        self.pid = pid
        self.spools = spools
        self.started_ms = wall_ms()
        self.started_at = clock_ms()
        self.grace_ms = request.grace_ms
        self.is_warned = not request.warning
        self.due = self._first_due()
        self.exit: Exit | None = None
        self.ended_at = 0
        self.is_killing = False
        self.timed_out = self.stopped = self.over_memory = False
        self.peak = 0
        self.cpu_s = self.group_cpu_s = 0.0

    def warn(self) -> int:
        """Note that its warning is given; return the signal that it is."""
        self.is_warned = True
        self.due = self.started_at + (self.request.timeout_ms or 0)
        return self.request.warning[0]

    def next_signal(self, now: int) -> signal.Signals:
        """Take the step that is due: the signal that its tree gets now."""
        if self.stopped or self.timed_out or self.over_memory:
            return self.kill(now)
        self.timed_out = True
        return self.ask(now, grace_ms=self.grace_ms)

    def ask(self, now: int, *, grace_ms: int) -> signal.Signals:
        """Give the tree *grace_ms* to end by itself."""
        self.is_warned = True
        self.grace_ms = grace_ms
        self.due = now + grace_ms
        return signal.SIGTERM

    def kill(self, now: int) -> signal.Signals:
        """Give it no more time; repeated, since a fork may have raced the last signal."""
        self.is_killing = self.is_warned = True
        self.due = now + ASK_AGAIN_MS
        return signal.SIGKILL

    def end(self, status: int, usage: resource.struct_rusage) -> None:
        """Note that its first process was reaped."""
        self.exit = (status, usage)
        self.ended_at = clock_ms()

    def measure(self, group: Group) -> None:
        """Note, after its end, what the kernel knows of its tree beyond its first process."""
        if self.request.memory and group.was_over_memory:
            self.over_memory = True
        if self.exit is not None and self.ended_at - self.started_at >= _WORTH_MEASURING_MS:
            usage = self.exit[1]
            self.group_cpu_s = group.cpu_s - usage.ru_utime - usage.ru_stime

    def ending(self, exited: Exit, *, rss_unit: int) -> tuple[object, ...]:
        """Give the first fields of its `Ended`, all but those of the log."""
        status, usage = exited
        cpu_s = usage.ru_utime + usage.ru_stime + max(self.cpu_s, self.group_cpu_s)
        code = os.waitstatus_to_exitcode(status)
        return (
            self.request.key,
            self.pid,
            code if code >= 0 else None,
            -code if code < 0 else None,
            self.timed_out,
            self.stopped,
            self.over_memory,
            self.started_ms,
            self.ended_at - self.started_at,
            max(usage.ru_maxrss * rss_unit, self.peak),
            round(cpu_s * 1000),
        )

    def _first_due(self) -> int:
        limit = self.request.timeout_ms
        if limit is None:
            return NEVER
        early_ms = 0 if self.is_warned else self.request.warning[1]
        return self.started_at + max(0, limit - early_ms)
