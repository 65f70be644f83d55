"""Wake-ups between processes: they only shorten the wait of listeners that also poll."""

import contextlib
import os
import time
from pathlib import Path
from typing import Protocol

from queuectl_store.bell import EVERYTHING, heard, ring
from queuectl_store.descriptors import readable


class Listener(Protocol):
    """One waiting party. `wait` belongs to one thread, `poke` to any.

    Attributes:
        about: What the last wake-up was about (bell.py), added up.
    """

    about: int

    def wait(self, timeout_s: float) -> bool:
        """Return True as soon as something may have changed, False after *timeout_s* seconds."""
        ...

    def filenos(self) -> list[int]:
        """Return descriptors of which one is readable when `wait` need not wait.

        They are others after a connection was lost. None at all: a thread has to wait.
        """
        ...

    def poke(self) -> None:
        """Wake this listener from the same process; safe in a signal handler's wake-up."""
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class FifoBell:
    """Rings every listener through its own FIFO in one folder beside the store (Linux, macOS)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # A path makes its text anew each time that the system is given it.
        self._name = os.fspath(folder)

    def ring(self, about: int = EVERYTHING) -> None:
        """Wake all listeners; one that is gone is cleared away. Never fails, never blocks."""
        ring(self._name, about)

    def listen(self) -> Listener:
        """Return a listener with a new FIFO."""
        return FifoListener(self._folder)


class FifoListener:
    """Waits on a FIFO."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        name = f"{os.getpid()}-{os.urandom(4).hex()}"
        self._path, self.about = folder / name, EVERYTHING
        new = folder / f".{name}"
        os.mkfifo(new, 0o600)
        # Open for both, so that it never reports an end; and opened before it gets its
        # name, since a bell clears away what nobody reads.
        self._fd = os.open(new, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        new.rename(self._path)

    def wait(self, timeout_s: float) -> bool:
        """Return True when the bell rang."""
        if not readable([self._fd], max(0.0, timeout_s)):
            return False
        self.about = 0
        with contextlib.suppress(BlockingIOError):
            for code in set(os.read(self._fd, 65_536)):
                self.about |= heard(code)
        return bool(self.about)

    def filenos(self) -> list[int]:
        """Return the FIFO's descriptor."""
        return [self._fd]

    def poke(self) -> None:
        """Ring this bell."""
        with contextlib.suppress(OSError):
            os.write(self._fd, b"\0")

    def close(self) -> None:
        """Remove the FIFO."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        os.close(self._fd)


class PollingListener:
    """Watches the store's change counter; for systems without FIFOs."""

    def __init__(self, version: "VersionReader", *, every_s: float = 0.02) -> None:
        self._version, self._every_s = version, every_s
        self._seen, self.about = version.version(), EVERYTHING
        self._poked = False

    def wait(self, timeout_s: float) -> bool:
        """Return True when the counter moved."""
        deadline = time.monotonic() + timeout_s
        while True:
            current = self._version.version()
            if self._poked or current != self._seen:
                self._poked, self._seen = False, current
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(self._every_s, left))

    def filenos(self) -> list[int]:
        """Return none: there is nothing to select on."""
        return []

    def poke(self) -> None:
        """Let the next look return."""
        self._poked = True

    def close(self) -> None:
        """Nothing is held."""


class VersionReader(Protocol):
    """Anything with a change counter."""

    def version(self) -> int:
        """Return a number that changes with every commit."""
        ...
