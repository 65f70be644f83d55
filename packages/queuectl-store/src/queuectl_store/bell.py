"""Waking those who wait beside a SQLite store: each listens on a FIFO of its own in one folder.

Standard library alone: the quick lane of the command line starts without the rest.
"""

import contextlib
import os
import stat

# What a ring is about, added up. Programs of before say nothing (0), which is everything.
JOBS = 1  # jobs may be claimed that could not be before
TIMES = 2  # something may be due sooner than was known
WISHES = 4  # people ask something of workers, or of what runs
EVERYTHING = JOBS | TIMES | WISHES


def ring(folder: str | os.PathLike[str], about: int = EVERYTHING) -> None:
    """Wake all listeners; one that is gone is cleared away. Never fails, never blocks."""
    # Without an exception, which takes longer than the look: mostly nobody ever listened.
    if not os.access(folder, os.F_OK):
        return
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                _ring_one(entry.path, about)


def heard(code: int) -> int:
    """Return what a ring is about that came as *code*: everything, if we do not know it."""
    return code if 0 < code <= EVERYTHING else EVERYTHING


def _ring_one(path: str, about: int) -> None:
    try:
        fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:  # ENXIO: nobody reads it any more
        with contextlib.suppress(OSError):
            os.unlink(path)
        return
    try:
        if stat.S_ISFIFO(os.fstat(fd).st_mode):
            with contextlib.suppress(BlockingIOError):
                os.write(fd, bytes((about,)))
    finally:
        os.close(fd)
