"""What SQLite's result codes mean for a caller."""

import errno
import os
import sqlite3
from pathlib import Path

from queuectl_store.errors import (
    DiskFailed,
    NotAStore,
    OutcomeUnknown,
    StoreBusy,
    StoreDamaged,
    StoreError,
    StoreFull,
    StoreUnreachable,
)

_INDEX_BYTES = 32 * 1024
_FLUSHES = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}
# After any of these a connection may hold what the file does not: what it read, that the file
# could only be opened for reading, that a flush is still to do.
_SPENT = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
}


def is_spent(error: BaseException | None) -> bool:
    """Tell whether the connection that raised *error* must not be used again."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SPENT


def has_no_room(error: BaseException | None) -> bool:
    """Tell whether there was no room for the index of the log that connections share.

    It is a file of 32 kB while any of them is open. The disk is full then, or fails.
    """
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHMSIZE


def _is_full(path: Path) -> bool:
    """Try whether the index's bytes could be written beside the store: SQLite does not say why."""
    import tempfile  # takes longer to import than most commands need it

    try:
        with tempfile.TemporaryFile(dir=path.parent, buffering=0) as trial:
            return trial.write(bytes(_INDEX_BYTES)) < _INDEX_BYTES
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _hindrance(path: Path) -> str | None:
    """Say what keeps this process from a store that is there; SQLite says only that it cannot."""
    if _is_read_only(path):
        return (
            "its disk can only be read, and even to look at a store is to write beside it; copy it"
            " to where you may write, or mount the disk for writing"
        )
    for place in (path.parent, path):
        if place.exists() and not os.access(place, os.R_OK | os.W_OK):
            return f"you may not read and write {place}; its owner can let you"
    return None


def _is_read_only(path: Path) -> bool:
    # Windows has no such call, and says that access is denied.
    if not hasattr(os, "statvfs"):
        return False
    try:
        return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def translate(error: BaseException | None, path: Path, *, committing: bool) -> StoreError:
    """Return the StoreError that *error*, raised by the sqlite3 module, stands for."""
    code = getattr(error, "sqlite_errorcode", 0)
    if path.exists() and not path.is_file():
        what = "a folder" if path.is_dir() else "not a regular file"
        return NotAStore(f"{path} is {what}, and a store is a file; choose one with --db")
    if has_no_room(error) and _is_full(path):
        return _translate(sqlite3.SQLITE_FULL, error, path)
    if code in _FLUSHES:
        return DiskFailed(
            f"the disk did not keep what was written to {path} ({error}): the last change may or"
            " may not be stored; stop the programs that use it and check the disk"
        )
    if code & 0xFF == sqlite3.SQLITE_IOERR and committing:
        # The commit's record may or may not be on disk; this connection cannot tell.
        return OutcomeUnknown(f"the disk failed while committing to {path}: {error}")
    return _translate(code & 0xFF, error, path)


def _translate(code: int, error: BaseException | None, path: Path) -> StoreError:
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return StoreBusy(f"the store {path} is locked by another process; try again")
        case sqlite3.SQLITE_FULL:
            return StoreFull(f"no space left for the store {path}; free some, then try again")
        case sqlite3.SQLITE_CORRUPT:
            return StoreDamaged(
                f"the store {path} is damaged ({error}); stop its workers, keep a copy of the file"
                " with its -wal, and restore a backup"
            )
        case sqlite3.SQLITE_NOTADB:
            return NotAStore(f"{path} is not a SQLite database; choose another file with --db")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return StoreUnreachable(f"cannot use the store {path}: {_hindrance(path) or error}")
        case _:
            return StoreUnreachable(f"the store {path} does not answer: {error}")
