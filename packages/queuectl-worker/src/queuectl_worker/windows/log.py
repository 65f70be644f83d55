"""A run's output file: made before the run, kept under its cap, gone if nothing was written.

A file that is open cannot be renamed on Windows, so it lies at its place from the start. Its middle
is given back to the disk as on other systems: the file is sparse, and reads as a hole.
"""

import contextlib
import os
from pathlib import Path
from typing import Protocol

_STEP = 1 << 16


class Disk(Protocol):
    """What Windows is asked about files."""

    def make_sparse(self, descriptor: int) -> None:
        """Let parts of the file take no space.

        Raises:
            OSError: The file system has no sparse files.
        """
        ...

    def drop(self, descriptor: int, start: int, end: int) -> None:
        """Give the bytes from *start* to *end* back to the disk."""
        ...


class RunLog:
    """The output of one run.

    Attributes:
        descriptor: Open for appending.
        size: Its bytes at the last look, with what was dropped.
        problem: Why the log is over its cap or missing; None is the rule.
    """

    def __init__(self, path: Path, *, cap: int, disk: Disk) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self.descriptor = os.open(path, flags | getattr(os, "O_NOINHERIT", 0), 0o600)
        self.problem: str | None = None
        self.size = 0
        self._path, self._cap, self._disk = path, cap, disk
        self._is_sparse = False
        self._dropped_to = 0

    def watch(self) -> None:
        """Keep the first and the newest half of the cap."""
        size = self.size = os.fstat(self.descriptor).st_size
        start = max(self._dropped_to, _up(self._cap // 2))
        end = (size - self._cap // 2) // _STEP * _STEP
        if size > self._cap and end > start and self.problem is None:
            try:
                self._make_sparse()
                self._disk.drop(self.descriptor, start, end)
                self._dropped_to = end
            except OSError as error:
                self.problem = f"the log is over its cap of {self._cap} bytes: {error}"

    def close(self, *, is_ours_alone: bool = False) -> None:  # noqa: ARG002  # none is used twice
        """Let go of the file; without a byte it goes too."""
        self.watch()
        os.close(self.descriptor)
        if not self.size:
            with contextlib.suppress(OSError):  # somebody follows it: it stays, empty
                self._path.unlink()

    def _make_sparse(self) -> None:
        if not self._is_sparse:
            self._disk.make_sparse(self.descriptor)
            self._is_sparse = True


def _up(offset: int) -> int:
    return -(-offset // _STEP) * _STEP
