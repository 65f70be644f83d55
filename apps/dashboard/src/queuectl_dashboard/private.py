"""Files beside the store that are the owner's alone: the tokens that were made, the audit log."""

import os
import tempfile
from pathlib import Path

from queuectl_store import Store
from queuectl_worker import log_root

_NO_LINKS = getattr(os, "O_NOFOLLOW", 0)


def private_folder(store: Store) -> Path:
    """Return where they lie: `dashboard/` beside the `logs/` of the store."""
    logs = log_root(store)
    return logs.parent.parent / "dashboard" / logs.name


def append(path: Path, line: bytes) -> None:
    """Add one line to *path*, in one write.

    Raises:
        OSError: It cannot be written, or is a link.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NO_LINKS | getattr(os, "O_BINARY", 0)
    file = os.open(path, flags, 0o600)
    try:
        os.write(file, line)
    finally:
        os.close(file)


def replace(path: Path, content: bytes) -> None:
    """Put *content* in place of what *path* has, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(file, "wb") as new:
            new.write(content)
            new.flush()
            os.fsync(new.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
