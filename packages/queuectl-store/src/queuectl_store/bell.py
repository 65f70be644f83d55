"""Waking those who wait beside a SQLite store: each listens on a FIFO of its own in one folder.

Standard library alone: the quick lane of the command line starts without the rest.
"""

import contextlib
import os
import stat


def ring(folder: str | os.PathLike[str]) -> None:
    """Wake all listeners; one that is gone is cleared away. Never fails, never blocks."""
    # Without an exception, which takes longer than the look: mostly nobody ever listened.
    if not os.access(folder, os.F_OK):
        return
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                _ring_one(entry.path)


def _ring_one(path: str) -> None:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # ENXIO: nobody reads it any more
        with contextlib.suppress(OSError):
            os.unlink(path)
        return
    try:
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            with contextlib.suppress(BlockingIOError):
                os.write(fd, b"\0")
    finally:
        os.close(fd)
