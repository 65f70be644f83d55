"""The guardian's own guard: outlives it, and leaves nothing running when it has died.

A guardian that is killed cannot kill. Its parent, the keeper, adopts its orphans, kills them, and
only then closes the socket: when the worker reads the end, all is gone. That holds too when
worker and guardian are killed in the same instant. The worker itself adopts nothing, so
that no process of the program around it can be mistaken for a job's.
"""

from __future__ import annotations

import os
import select
import signal

from .groups import Groups
from .procs import sweep
from .protocol import Channel

# A guardian that has not ended this long after its worker is stuck or stopped.
_PATIENCE_MS = 2_000
# How soon groups that another guardian and its keeper left are noticed: well within a lease.
_LOOK_MS = 2_000


def split() -> tuple[int, int] | None:
    """Fork the guardian; in the keeper, return its pid and a descriptor that ends with it."""
    ends, held = os.pipe()
    pid = os.fork()
    if pid:
        os.close(held)
        return pid, ends
    # Kept open, and out of every job, for as long as the guardian lives.
    os.close(ends)
    return None


def keep(channel: Channel, groups: Groups, guardian: int, ends: int) -> None:
    """Wait for the guardian's end, force it when the worker is long gone, and sweep."""
    ready = select.poll()
    ready.register(ends, select.POLLIN)
    ready.register(channel.fd, 0)  # hang-up only: the messages are the guardian's
    if ends not in _wait(ready, groups):
        ready.unregister(channel.fd)
        if not ready.poll(_PATIENCE_MS):
            os.kill(guardian, signal.SIGKILL)
    groups.kill_runs()
    sweep()
    groups.close()


def _wait(ready: select.poll, groups: Groups) -> set[int]:
    """Wait for an end, and clear meanwhile what others beside this guardian have left."""
    while not (ended := ready.poll(_LOOK_MS if groups.are_there else None)):
        groups.clear_leftovers()
    return {fd for fd, _ in ended}
