"""The guardian's one thread: waits for the worker, for its children and for the clock."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable

from . import kernel, protocol
from .groups import Groups
from .outlets import Outlets
from .procs import sweep
from .protocol import Channel
from .room import SpoolRoom
from .run import NEVER, clock_ms
from .runs import Runs
from .table import ADOPTS_ORPHANS

# How long reports may wait for company while commands queue: a message each would slow them.
_COALESCE_MS = 20


class Loop:
    """Turns messages, exits and deadlines into calls of `Runs`, and its answers into messages."""

    def __init__(
        self, channel: Channel, *, slots: int, room: SpoolRoom, groups: Groups, tag: bytes
    ) -> None:
        self._channel, self._groups = channel, groups
        self._ready = select.poll()
        self._outlets = Outlets(room, self._ready)
        self._runs = Runs(
            slots=slots, outlets=self._outlets, groups=groups, tag=tag, tell=self._tell
        )
        self._verbs: dict[str, Callable[..., None]] = {
            protocol.DEFINE_ENV: self._runs.define_env,
            protocol.LAUNCH: self._runs.launch,
            protocol.STOP: self._runs.stop,
            protocol.STOP_ALL: self._runs.stop_all,
            protocol.RECALL: self._runs.recall,
            protocol.EXTEND: self._runs.extend,
        }
        self._untold: list[tuple[str, object]] = []
        self._tell_at = NEVER
        exits = kernel.watch_exits()
        self._exits = _wake_on_exit() if exits is None else exits
        self._may_reap = False

    def run(self) -> None:
        """Serve the worker until it is gone."""
        self._channel.send((protocol.HELLO, (os.getpid(),)))
        ready = self._ready
        ready.register(self._exits, select.POLLIN)
        watched = 0
        while not self._channel.is_closed:
            wanted = select.POLLIN | (select.POLLOUT if self._channel.is_backed_up else 0)
            if wanted != watched:
                ready.register(self._channel.fd, wanted)
                watched = wanted
            self._turn([fd for fd, _ in ready.poll(self._pause_ms())])

    def end(self) -> None:
        """Leave no process, and keep the output of what was running."""
        if not ADOPTS_ORPHANS:
            self._runs.kill_all()
        self._groups.kill_runs()
        sweep()
        self._runs.close()

    def _turn(self, ready: list[int]) -> None:
        if self._channel.fd in ready:
            self._channel.flush()
            for verb, arguments in self._channel.receive():
                self._verbs[verb](*arguments)  # type: ignore[misc]  # a tuple, as sent
        if self._exits in ready:
            os.read(self._exits, 4096)
            self._may_reap = True
        for fd in ready:
            if fd not in (self._channel.fd, self._exits):
                self._outlets.pump(fd)
        if self._may_reap:
            self._may_reap = self._runs.reap()
        now = clock_ms()
        self._runs.advance(now)
        self._runs.fill()
        if self._untold or self._runs.has_news:
            self._tell_all(now)

    def _pause_ms(self) -> int | None:
        if self._may_reap:
            return 0
        due = min(self._runs.next_due(), self._tell_at)
        return None if due == NEVER else max(0, due - clock_ms())

    def _tell(self, kind: str, fields: tuple[object, ...]) -> None:
        self._untold.append((kind, fields))

    def _tell_all(self, now: int) -> None:
        """Send the reports: at once when a slot may be waiting for the worker, else together."""
        self._tell_at = min(self._tell_at, now + _COALESCE_MS)
        is_time = now >= self._tell_at or not self._runs.has_queue
        if is_time or self._runs.is_crowded:
            self._runs.account()
        if is_time:
            self._channel.send(*self._untold)
            self._untold.clear()
            self._tell_at = NEVER


def _wake_on_exit() -> int:
    """Return what `watch_exits` does, where the system does not offer it: the end of a pipe."""
    wakes, writes = os.pipe()
    os.set_blocking(wakes, False)
    os.set_blocking(writes, False)
    signal.set_wakeup_fd(writes, warn_on_full_buffer=False)
    # Without a handler of ours the signal is ignored, and ignored signals wake nobody.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return wakes
