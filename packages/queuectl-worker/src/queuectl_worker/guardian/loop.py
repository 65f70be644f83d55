"""The guardian's one thread: waits for the worker, for its children and for the clock."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable

from . import protocol
from .procs import sweep
from .protocol import Channel
from .run import clock_ms
from .runs import Runs
from .spool import SpoolRoom
from .table import ADOPTS_ORPHANS

# How long reports may wait for company while commands queue: a message each would slow them.
_COALESCE_MS = 5


class Loop:
    """Turns messages, exits and deadlines into calls of `Runs`, and its answers into messages."""

    def __init__(self, channel: Channel, *, slots: int, room: SpoolRoom, tag: bytes) -> None:
        self._channel = channel
        self._runs = Runs(slots=slots, room=room, tag=tag, tell=self._tell)
        self._verbs: dict[str, Callable[..., None]] = {
            protocol.DEFINE_ENV: self._runs.define_env,
            protocol.LAUNCH: self._runs.launch,
            protocol.STOP: self._runs.stop,
            protocol.STOP_ALL: self._runs.stop_all,
            protocol.RECALL: self._runs.recall,
            protocol.EXTEND: self._runs.extend,
        }
        self._untold: list[tuple[str, object]] = []
        self._tell_at: int | None = None
        self._exits = _wake_on_exit()

    def run(self) -> None:
        """Serve the worker until it is gone."""
        self._channel.send((protocol.HELLO, {"pid": os.getpid()}))
        ready = select.poll()
        ready.register(self._exits, select.POLLIN)
        while not self._channel.is_closed:
            wanted = select.POLLOUT if self._channel.is_backed_up else 0
            ready.register(self._channel.fd, select.POLLIN | wanted)
            self._turn({fd for fd, _ in ready.poll(self._pause_ms())})

    def end(self) -> None:
        """Leave no process, and keep the output of what was running."""
        if not ADOPTS_ORPHANS:
            self._runs.kill_all()
        sweep()
        self._runs.close()

    def _turn(self, ready: set[int]) -> None:
        if self._channel.fd in ready:
            self._channel.flush()
            for verb, arguments in self._channel.receive():
                self._verbs[verb](*arguments)  # type: ignore[misc]  # a tuple, as sent
        if self._exits in ready:
            os.read(self._exits, 4096)
            self._runs.reap()
        self._runs.advance(clock_ms())
        self._runs.fill()
        self._tell_all()

    def _pause_ms(self) -> int | None:
        dues = [due for due in (self._runs.next_due(), self._tell_at) if due is not None]
        return max(0, min(dues) - clock_ms()) if dues else None

    def _tell(self, kind: str, fields: dict[str, object]) -> None:
        self._untold.append((kind, fields))

    def _tell_all(self) -> None:
        """Send the reports: at once when a slot may be waiting for the worker, else together."""
        if not self._untold:
            return
        now = clock_ms()
        self._tell_at = self._tell_at or now + _COALESCE_MS
        if now >= self._tell_at or not self._runs.has_queue:
            self._channel.send(*self._untold)
            self._untold.clear()
            self._tell_at = None


def _wake_on_exit() -> int:
    """Return a descriptor that is readable when a child may have ended."""
    wakes, writes = os.pipe()
    os.set_blocking(wakes, False)
    os.set_blocking(writes, False)
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    # Without a handler of ours the signal is ignored, and ignored signals wake nobody.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return wakes
