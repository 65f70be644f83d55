"""One run inside the guardian: what was asked for, and how far it got."""

from __future__ import annotations

import os
import resource
import signal
import time

from .spool import Spool

ASK_AGAIN_MS = 20
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

    __slots__ = ("argv", "cwd", "env", "env_ref", "grace_ms", "key", "log", "slots", "timeout_ms")

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


class Run:
    """A request whose first process lives.

    `due` is when something must be done to it next: SIGTERM at its limit, then SIGKILL, then
    SIGKILL again until its first process has been reaped.
    """

    __slots__ = (
        "due",
        "ended_at",
        "exit",
        "grace_ms",
        "is_killing",
        "number",
        "pid",
        "request",
        "spool",
        "started_at",
        "started_ms",
        "stopped",
        "timed_out",
    )

    def __init__(self, request: Request, *, number: int, pid: int, spool: Spool) -> None:
        self.request = request
        self.number = number
        self.pid = pid
        self.spool = spool
        self.started_ms = wall_ms()
        self.started_at = clock_ms()
        self.grace_ms = request.grace_ms
        limit = request.timeout_ms
        self.due = NEVER if limit is None else self.started_at + limit
        self.exit: Exit | None = None
        self.ended_at = 0
        self.is_killing = False
        self.timed_out = False
        self.stopped = False

    def next_signal(self, now: int) -> signal.Signals:
        """Take the step that is due: the signal that its tree gets now."""
        if self.stopped or self.timed_out:
            return self.kill(now)
        self.timed_out = True
        return self.ask(now, grace_ms=self.grace_ms)

    def ask(self, now: int, *, grace_ms: int) -> signal.Signals:
        """Give the tree *grace_ms* to end by itself."""
        self.grace_ms = grace_ms
        self.due = now + grace_ms
        return signal.SIGTERM

    def kill(self, now: int) -> signal.Signals:
        """Give it no more time; repeated, since a fork may have raced the last signal."""
        self.is_killing = True
        self.due = now + ASK_AGAIN_MS
        return signal.SIGKILL

    def end(self, status: int, usage: resource.struct_rusage) -> None:
        """Note that its first process was reaped."""
        self.exit = (status, usage)
        self.ended_at = clock_ms()

    def ending(self, exited: Exit, *, rss_unit: int) -> tuple[object, ...]:
        """Give the first fields of its `Ended`, all but those of the log."""
        status, usage = exited
        code = os.waitstatus_to_exitcode(status)
        return (
            self.request.key,
            self.pid,
            code if code >= 0 else None,
            -code if code < 0 else None,
            self.timed_out,
            self.stopped,
            self.started_ms,
            self.ended_at - self.started_at,
            usage.ru_maxrss * rss_unit,
            round((usage.ru_utime + usage.ru_stime) * 1000),
        )
