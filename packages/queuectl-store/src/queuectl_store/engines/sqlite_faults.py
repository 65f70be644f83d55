"""What SQLite's result codes mean for a caller."""

import errno
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


def translate(error: BaseException | None, path: Path, *, committing: bool) -> StoreError:
    """Return the StoreError that *error*, raised by the sqlite3 module, stands for."""
    code = getattr(error, "sqlite_errorcode", 0)
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
            return StoreUnreachable(
                f"cannot use the store {path}: {error}; check that it is a file"
                " and that you may write to it and to its folder"
            )
        case _:
            return StoreUnreachable(f"the store {path} does not answer: {error}")
