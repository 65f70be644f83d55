"""What a task process asks of Linux and macOS; of Windows it is in `windows/taskhost.py`.

Both files have the same names.
"""

import os
import resource
import signal
import sys

from queuectl_worker.executors.pool.brood import Brood
from queuectl_worker.executors.pool.leftovers import Leftovers, NoLeftovers
from queuectl_worker.guardian.protocol import RUN_TAG
from queuectl_worker.guardian.room import SpoolRoom

# What the guardian sends before it kills.
END = signal.SIGTERM


def prepare() -> None:
    """Nothing has to be done here before the first task."""


def leftovers() -> Leftovers:
    """Return what knows the processes that tasks start here."""
    return Brood() if sys.platform == "linux" else NoLeftovers()


def usage() -> tuple[float, int]:
    """Return the processor seconds of this process and what it waited for, and its peak in bytes.

    The peak is the most memory that it, or one below it, had resident.
    """
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(each.ru_utime + each.ru_stime for each in both)
    return cpu_s, max(each.ru_maxrss for each in both) * unit


class SpooledLog:
    """A spool file until its first byte is seen, then the log."""

    __slots__ = ("_path", "_room", "_spool", "descriptor", "problem", "size")

    def __init__(self, room: SpoolRoom, path: bytes) -> None:
        self._room, self._path = room, path
        self._spool = room.take()
        self.descriptor, self.size = self._spool.fd, 0
        self.problem: str | None = None

    def watch(self) -> None:
        """Publish the log once it has a byte, and keep it under the cap."""
        self._room.watch(self._spool, self._path)

    def close(self, *, is_ours_alone: bool = False) -> None:
        """Settle the file. What a child of a task may still write to is not used again."""
        self.size, _, self.problem = self._room.settle(
            self._spool, self._path, may_reuse=is_ours_alone
        )


class Logs:
    """Logs that are spool files first."""

    def __init__(self, folder: str, *, prefix: str, cap: int) -> None:
        # Under the name of the guardian: whatever it removes of its own when it ends, it removes of
        # ours too, which leave some when they are killed.
        whose = os.environb.get(RUN_TAG, b"").partition(b":")[0]
        own = b"%s-%s" % (whose, os.fsencode(prefix))
        self._room = SpoolRoom(os.fsencode(folder), prefix=own, cap=cap)

    def open(self, path: str) -> SpooledLog:
        """Return the log of a run."""
        return SpooledLog(self._room, os.fsencode(path))

    def close(self) -> None:
        """Remove the spool files that no run uses."""
        self._room.close()
