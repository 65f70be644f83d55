"""The SQLite file itself: where it may lie, and how it comes to be."""

import errno
import os
from pathlib import Path

from queuectl_store.engines.filesystem import network_filesystem
from queuectl_store.errors import StoreUnreachable

_CANNOT_FLUSH = {errno.EACCES, errno.EINVAL, errno.ENOTSUP}


def refuse_network(path: Path) -> None:
    """Refuse a place where SQLite's locks and shared memory do not work.

    Raises:
        StoreUnreachable: It is on a network file system.
    """
    if kind := network_filesystem(path):
        raise StoreUnreachable(
            f"{path} is on a network file system ({kind}), where SQLite can lose data;"
            " use a local folder, or PostgreSQL for several hosts"
        )


def make_file(path: Path, *, create: bool) -> None:
    """Make an empty file at *path* if there is none: SQLite gives -wal and -shm its mode.

    Raises:
        StoreUnreachable: It is not there and may not, or cannot, be made.
    """
    try:
        path.stat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreUnreachable(
            f"cannot use the store {path}: {error.strerror}; choose another place with --db"
        ) from error
    else:
        return
    if not create:
        raise StoreUnreachable(
            f"there is no store at {path}; `queuectl db init` makes one, there if --db says so too"
        )
    try:
        _make_folder(path.parent)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise StoreUnreachable(
            f"cannot make a store at {path}: {error.strerror}; choose another place with --db"
        ) from error


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells this file from another of the same name; None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush_names(folder.parent)


def _flush_names(folder: Path) -> None:
    # SQLite flushes the names in the store's own folder; a power cut must not take the folder.
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
    except OSError as error:
        if error.errno not in _CANNOT_FLUSH:
            raise
