"""Opens a store to be looked at, by the standard library alone where that is enough."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from queuectl_store.clock import Clock, SystemClock
from queuectl_store.engines.openable import can_open
from queuectl_store.engines.plain import PlainSqlite
from queuectl_store.engines.sqlite_faults import has_no_room
from queuectl_store.engines.transaction import reading
from queuectl_store.look import Look
from queuectl_store.sql.plain.upkeep import SCHEMA_VERSION
from queuectl_store.sql.quick_text import HEAD
from queuectl_store.sql.statement import Connection


class _Source:
    """The transactions of one SQLite file."""

    def __init__(self, engine: PlainSqlite) -> None:
        self.engine = engine

    def read(self) -> AbstractContextManager[Connection]:
        """Give a connection whose statements all see one state of the store."""
        return reading(self.engine)


def look_at(url: str, *, clock: Clock | None = None, create: bool = True) -> Look:
    """Open the store at *url* to read it, whatever it is.

    A SQLite store with this program's schema is read without SQLAlchemy, which takes longer to
    import than most reads. Any other is opened by `connect`, which makes, migrates or refuses it.

    Raises:
        StoreError: As `connect`.
    """
    file = _file(url)
    if file is not None and _is_current(file):
        return Look(_Source(PlainSqlite(file, clock=clock or SystemClock())))
    # Imported here: it is what this does without.
    from queuectl_store.opening import connect

    return connect(url, clock=clock, create=create)


def _file(url: str) -> Path | None:
    scheme, separator, rest = url.partition("://")
    if separator and scheme != "sqlite":
        return None
    name = rest.removeprefix("/") if separator else url
    return None if name in ("", ".", ":memory:") else Path(name).absolute()


def _is_current(file: Path) -> bool:
    """Tell whether *file* certainly is a store in WAL mode with this program's schema."""
    try:
        return can_open(str(file)) and _has_our_schema(file, is_alone=False)
    except (OSError, sqlite3.Error) as error:
        # What is wrong is told by the other way; but on a full disk there is one that goes.
        return has_no_room(error) and _has_our_schema(file, is_alone=True)


def _has_our_schema(file: Path, *, is_alone: bool) -> bool:
    with _opened(file) as raw:
        if is_alone:
            raw.execute("PRAGMA locking_mode=exclusive").fetchall()
        is_wal = raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        return is_wal and raw.execute(SCHEMA_VERSION.text).fetchall() == [(HEAD,)]


@contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(file, timeout=5.0, isolation_level=None)
    try:
        yield raw
    finally:
        raw.close()
