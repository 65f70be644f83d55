"""What a task process asks of Windows; the names are those of `executors/pool/taskhost.py`."""

import io
import os
import signal
import sys
from pathlib import Path

import psutil

from queuectl_worker.executors.pool.leftovers import Leftovers, NoLeftovers
from queuectl_worker.windows.log import RunLog

assert sys.platform == "win32"  # nothing below exists elsewhere

from queuectl_worker.windows.kernel32 import Kernel32  # noqa: E402

# What CTRL_BREAK becomes, where the worker has a console to send it through.
END = signal.SIGBREAK
_OURSELVES = psutil.Process()


def prepare() -> None:
    """Let tasks print what they print elsewhere: UTF-8, and lines that end in a line feed."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def leftovers() -> Leftovers:
    """Return what knows nothing: the job object of this process ends what tasks start here."""
    return NoLeftovers()


def usage() -> tuple[float, int]:
    """Return the processor seconds and the peak of resident bytes of this process.

    What it started is not counted.
    """
    times = os.times()
    peak: int = _OURSELVES.memory_info().peak_wset
    return times.user + times.system, peak


class NoLog:
    """The output of a run whose log cannot be made: a log must not cost the run."""

    def __init__(self, problem: str) -> None:
        self.descriptor = os.open(os.devnull, os.O_WRONLY | os.O_BINARY | os.O_NOINHERIT)
        self.size = 0
        self.problem: str | None = problem

    def watch(self) -> None:
        """Nothing is kept."""

    def close(self, *, is_ours_alone: bool = False) -> None:  # noqa: ARG002  # a log's method
        """Let go of the descriptor."""
        os.close(self.descriptor)


class Logs:
    """Logs that lie at their places from the start: a file that is open cannot be renamed.

    There is no folder of files that wait, and so nothing to name by *folder* and *prefix*.
    """

    def __init__(self, _folder: str, *, prefix: str, cap: int) -> None:
        del prefix
        self._cap, self._disk = cap, Kernel32()

    def open(self, path: str) -> RunLog | NoLog:
        """Return the log of a run."""
        try:
            return RunLog(Path(path), cap=self._cap, disk=self._disk)
        except OSError as error:
            return NoLog(f"the log {path!r} could not be made: {error.strerror}")

    def close(self) -> None:
        """Nothing is kept for a next run."""
