"""The file that a backup is written into before it has its name, and what the killed have left.

Beside it lies a lock that its writer holds, so that nobody removes what is still written. The
file itself is SQLite's: closing a second descriptor of it would drop SQLite's own locks.
"""

import os
import secrets
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

_END = ".queuectl-part"
_LOCK = "-lock"
_FILES = ("", "-wal", "-shm", "-journal", _LOCK)
# Of what has no lock, or was written on another host: a backup at work writes all the time, and
# while it checks what it wrote it reads for minutes.
_ABANDONED_S = 24 * 3600


class Part:
    """A file beside *target*, its owner's alone, for the time of a block; it is gone after it."""

    def __init__(self, target: Path) -> None:
        self._path = target.with_name(f".{target.name}.{secrets.token_hex(4)}{_END}")
        self._lock: int | None = None

    def __enter__(self) -> Path:
        try:
            self._lock = _made(_lock_of(self._path))
            if _is_taken(self._lock):
                os.write(self._lock, _host())  # what nobody could lock names no host
            os.close(_made(self._path))  # private before anything is in it
        except BaseException:
            self.__exit__()
            raise
        return self._path

    def __exit__(self, *_: object) -> None:
        if self._lock is not None:
            os.close(self._lock)  # first: Windows removes no file that is open
        _remove(self._path)


def remove_abandoned(folder: Path) -> None:
    """Remove what backups into *folder* have left that were killed.

    At once where this host can tell that nobody writes it, else a day after it was last written.
    """
    before = time.time() - _ABANDONED_S
    with suppress(OSError):
        for part in {Path(str(each).removesuffix(_LOCK)) for each in folder.glob(f".*{_END}*")}:
            written = [each.stat().st_mtime for each in _files_of(part)]
            if _is_let_go(_lock_of(part)) or max(written, default=before) < before:
                _remove(part)


def _is_let_go(lock: Path) -> bool:
    """Tell whether *lock* was made on this host, by a process that lives no more."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except OSError:
        return False
    try:
        return os.read(descriptor, 1_000) == _host() and _is_taken(descriptor)
    except OSError:
        return False
    finally:
        os.close(descriptor)


def _host() -> bytes:
    # Some network file systems lock among the processes of one host alone.
    return socket.gethostname().encode()


def _made(file: Path) -> int:
    return os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)


def _lock_of(part: Path) -> Path:
    return Path(f"{part}{_LOCK}")


def _files_of(part: Path) -> list[Path]:
    return [file for end in _FILES if (file := Path(f"{part}{end}")).exists()]


def _remove(part: Path) -> None:
    for file in _files_of(part):
        with suppress(OSError):
            file.unlink()


if sys.platform == "win32":
    import msvcrt

    _PLACE = 1 << 20  # a locked byte cannot be read: not one of the host's name

    def _is_taken(descriptor: int) -> bool:
        """Lock the file until the descriptor is closed; False where another holds it."""
        try:
            os.lseek(descriptor, _PLACE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _is_taken(descriptor: int) -> bool:
        """Lock the file until the descriptor is closed; False where another holds it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
