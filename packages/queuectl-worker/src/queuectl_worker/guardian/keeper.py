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

from .procs import sweep
from .protocol import Channel

# A guardian that has not ended this long after its worker is stuck or stopped.
_PATIENCE_MS = 2_000


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


def keep(channel: Channel, guardian: int, ends: int) -> None:
    """Wait for the guardian's end, force it when the worker is long gone, and sweep."""
    ready = select.poll()
    ready.register(ends, select.POLLIN)
    ready.register(channel.fd, 0)  # hang-up only: the messages are the guardian's
    if ends not in {fd for fd, _ in ready.poll()}:
        ready.unregister(channel.fd)
        if not ready.poll(_PATIENCE_MS):
            os.kill(guardian, signal.SIGKILL)
    sweep()
