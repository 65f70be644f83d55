"""Whether a SQLite store can be opened by the standard library alone."""

import os
import sqlite3

from queuectl_store.engines.filesystem import network_filesystem

_OLDEST_SQLITE = (3, 38, 0)


def can_open(file: str) -> bool:
    """Tell whether *file* is there, on a local disk, and this Python's SQLite is new enough."""
    is_new = sqlite3.sqlite_version_info >= _OLDEST_SQLITE
    return is_new and os.path.isfile(file) and not network_filesystem(file)
