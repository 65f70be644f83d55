"""The worker's side of the guardian: launches go in, reports come out, nothing blocks."""

import os
import secrets
import select
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import protocol
from .launch import Launch
from .protocol import Channel
from .readiness import Readiness
from .reports import Ended, Lost, NotStarted, Recalled, Report, read_report

_MAIN = Path(__file__).with_name("main.py")
_SOCKET_BYTES = 1 << 20
_START_SECONDS = 30.0
_END_SECONDS = 10.0
_LAST_REPORTS = (Ended, NotStarted, Recalled)


class GuardianStartError(OSError):
    """No guardian process could be started on this host; nothing was launched."""


class Guardian:
    """Runs commands in a process that owns their process trees and dies with this one.

    `receive` belongs to one thread; every other method may be called from any.

    Args:
        slots: How many commands run at once; more may be launched, and wait in order.
        spool: A private folder for output that has no log yet, on the file system of the logs.
        log_cap: Bytes that one log may keep on disk; the middle of a longer one is dropped.
        log_reserve: With fewer bytes free on that disk, output goes through the guardian, which
            drops what finds no room.
    """

    def __init__(
        self, *, slots: int, spool: Path, log_cap: int = 64 << 20, log_reserve: int = 0
    ) -> None:
        self.pid = 0
        self._slots = slots
        self._spool = spool.absolute()
        self._log_limits = (log_cap, log_reserve)
        self._lock = threading.Lock()
        self._readiness = Readiness()
        self._channel: Channel | None = None
        self._keeper: subprocess.Popen[bytes] | None = None
        self._envs: dict[frozenset[tuple[bytes, bytes]], int] = {}
        self._fence: int | None = None
        self._outstanding: set[int] = set()
        _close_in_forked_children(self)

    def start(self) -> None:
        """Start the guardian process.

        Raises:
            GuardianStartError: It could not be started.
        """
        with self._lock:
            self._start()

    def define_env(self, env: Mapping[bytes, bytes]) -> int:
        """Register an environment for launches to name; equal ones are sent once."""
        content = frozenset(env.items())
        with self._lock:
            if content not in self._envs:
                self._envs[content] = len(self._envs)
                self._send((protocol.DEFINE_ENV, (self._envs[content], dict(env))))
            return self._envs[content]

    def launch(self, launches: Sequence[Launch]) -> None:
        """Queue *launches*; each starts as soon as a slot is free, in this order.

        Raises:
            GuardianStartError: There is no guardian and none can be started.
        """
        with self._lock:
            if self._channel is None:
                self._start()
            self._outstanding.update(launch.key for launch in launches)
            self._send((protocol.LAUNCH, tuple(map(tuple, launches))))

    def stop(self, key: int, *, grace_ms: int) -> None:
        """End a run: SIGTERM to its tree, SIGKILL after *grace_ms*; recall it if still queued."""
        with self._lock:
            self._send((protocol.STOP, (key, grace_ms)))

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run as `stop` does, and recall the queue."""
        with self._lock:
            self._send((protocol.STOP_ALL, (grace_ms,)))

    def recall(self, keys: Sequence[int]) -> None:
        """Take back what has not started; only that comes back as `Recalled`."""
        with self._lock:
            self._send((protocol.RECALL, tuple(keys)))

    def extend(self, until_ms: int) -> None:
        """Let commands run until *until_ms* of `time.monotonic_ns() // 10**6`, no longer.

        Past it the guardian kills every tree and recalls its queue by itself, even while this
        process is stopped or starved. There is no such limit before the first call.
        """
        with self._lock:
            self._fence = until_ms
            self._send((protocol.EXTEND, (until_ms,)))

    def fileno(self) -> int:
        """Return a descriptor that is readable when `receive` has work. It never changes."""
        return self._readiness.fileno()

    def receive(self) -> list[Report]:
        """Return the reports that have arrived, without waiting.

        When the guardian has died, `Lost` is the last of them, all processes of its runs are gone,
        and a new guardian serves what is launched next.
        """
        with self._lock:
            if self._channel is None:
                return []
            reports: list[Report] = [
                read_report(kind, fields)  # type: ignore[arg-type]  # the guardian sends tuples
                for kind, fields in self._channel.receive()
            ]
            self._outstanding -= {
                report.key for report in reports if isinstance(report, _LAST_REPORTS)
            }
            if self._channel.is_closed:
                reports.append(self._replace())
            else:
                self._channel.flush()
                self._readiness.update(self._channel)
            return reports

    def close(self) -> None:
        """Kill everything that runs and end the guardian."""
        with self._lock:
            self._release()
            self._readiness.close()

    def forget(self) -> None:
        """Let go of the socket in a forked child: the guardian must see its owner's end."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BYTES)
            self._channel = Channel(ours.detach())
            try:
                self._keeper = self._spawn(theirs.fileno())
            except OSError as error:
                self._release()
                raise GuardianStartError(f"the guardian could not be started: {error}") from error
        self.pid = self._greet(self._channel)
        self._readiness.watch(self._channel)
        for env, number in self._envs.items():
            self._send((protocol.DEFINE_ENV, (number, dict(env))))
        if self._fence is not None:
            self._send((protocol.EXTEND, (self._fence,)))

    def _spawn(self, fd: int) -> subprocess.Popen[bytes]:
        arguments = [fd, self._slots, self._spool, *self._log_limits, secrets.token_hex(8)]
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_MAIN), *map(str, arguments)],
            pass_fds=[fd],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )

    def _greet(self, channel: Channel) -> int:
        """Wait for the guardian's first message, and return the pid that it tells."""
        ready = select.poll()
        ready.register(channel.fd, select.POLLIN)
        ready.poll(_START_SECONDS * 1000)
        match channel.receive():
            case [(protocol.HELLO, (int(pid),))]:
                return pid
            case _:
                self._release()
                raise GuardianStartError("the guardian ended, or hung, before it was ready")

    def _send(self, message: tuple[str, object]) -> None:
        if self._channel is not None and not self._channel.is_closed:
            self._channel.send(message)
            if self._channel.is_backed_up:
                self._readiness.update(self._channel)

    def _replace(self) -> Lost:
        """Account for what a dead guardian ran, and start another one."""
        lost = Lost(keys=tuple(sorted(self._outstanding)))
        self._outstanding.clear()
        self._release()
        try:
            self._start()
        except GuardianStartError:
            # Not now, perhaps for want of memory: the next launch tries again and says so.
            self._release()
        return lost

    def _release(self) -> None:
        """Close the socket, which tells the guardian to end, and wait until it has."""
        if self._channel is not None:
            if self.pid:
                self._readiness.leave(self._channel)
            self._channel.close()
            self._channel, self.pid = None, 0
        if self._keeper is not None:
            try:
                self._keeper.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._keeper.kill()
                self._keeper.wait()
            self._keeper = None


def _close_in_forked_children(guardian: Guardian) -> None:
    """Keep children that are forked and never exec, as multiprocessing's, off the socket."""
    owner = weakref.ref(guardian)

    def forget() -> None:
        living = owner()
        if living is not None:
            living.forget()

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=forget)
