"""The care of a SQLite store: integrity, sizes, and the online backup."""

import errno
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from queuectl_store.engines import sqlite_health
from queuectl_store.engines.plain import PlainConnection
from queuectl_store.engines.sqlite_faults import translate
from queuectl_store.engines.symptoms import Symptom
from queuectl_store.engines.transaction import Transaction
from queuectl_store.sql.plain.stats import NEWEST_EVENT

if TYPE_CHECKING:
    import sqlalchemy as sa

_STEP_PAGES = 4096
_HEARS_EACH = 10_000  # instructions of SQLite's machine
# What is wrong with the store that is read, not with the copy that is written.
_OF_THE_STORE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PAGES = ("page_size", "page_count", "freelist_count")


class SqliteCare:
    """See care.py.

    Args:
        begin_look, begin_read, begin_write: The engine's own; on SQLite they may take as long as
            they like.
        open_raw: Opens a connection that only reads.
    """

    def __init__(
        self,
        path: Path,
        *,
        begin_read: "Callable[[], sa.Connection]",
        begin_write: "Callable[[], sa.Connection]",
        begin_look: Callable[[], Transaction],
        open_raw: Callable[[], sqlite3.Connection],
    ) -> None:
        self.begin_look = begin_look
        self._path, self._open_raw = path, open_raw
        self.begin_read, self.begin_write = begin_read, begin_write

    def integrity(self, connection: Transaction) -> list[str]:
        """Return what the two checks of SQLite find."""
        with _stoppable(connection):
            found = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        strangers = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        return [line for line in found if line != "ok"] + [str(tuple(row)) for row in strangers]

    def set_last_id(self, connection: Transaction, table: str, last: int) -> None:
        """Write it into the table that AUTOINCREMENT keeps."""
        delete, insert = (
            "DELETE FROM sqlite_sequence WHERE name = ?",
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
        )
        connection.exec_driver_sql(delete, (table,))
        connection.exec_driver_sql(insert, (table, last))

    def sizes(self, connection: Transaction) -> Mapping[str, int]:
        """Return the sizes of the file and its log, and its pages."""
        pages = {
            name: int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()) for name in _PAGES
        }
        return {
            "file_bytes": _size(self._path),
            "wal_bytes": _size(Path(f"{self._path}-wal")),
            **pages,
        }

    def symptoms(self, connection: Transaction) -> list[Symptom]:
        """Return what the file, its log, its disk and this SQLite show."""
        mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        newest = NEWEST_EVENT.run(connection).scalar()

        def look() -> list[str]:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars().all()
            return [line for line in found if line != "ok"]

        return [
            sqlite_health.pages(_size(self._path), look, self._path),
            *sqlite_health.symptoms(self._path, journal_mode=mode),
            sqlite_health.clock(behind_s=0 if newest is None else newest / 1000 - time.time()),
        ]

    def backup(self, target: Path) -> bool:
        """Copy page by page from one state of the store, while others read and write."""
        try:
            self._copy_pages(target)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_STORE:
                raise translate(error, self._path, committing=False) from error
            raise OSError(errno.EIO, str(error)) from error
        return True

    def _copy_pages(self, target: Path) -> None:
        with closing(self._open_raw()) as source, closing(sqlite3.connect(target)) as copy:
            # Held open, it keeps the state that is copied: without it each write of others would
            # begin the copy anew, and a busy store would never be done.
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            # Signals are heard in Python code alone: without it Ctrl-C waits for the whole copy.
            source.backup(copy, pages=_STEP_PAGES, sleep=0.0, progress=lambda *_: None)
            source.execute("ROLLBACK")


@contextmanager
def _stoppable(connection: Transaction) -> Iterator[None]:
    """Let Ctrl-C end the one long statement of the block.

    Signals are heard between steps of Python code. What a progress handler raises SQLite takes
    for no more than the wish to stop.
    """
    assert isinstance(connection, PlainConnection)  # what `begin_look` and `begin_read` give
    raw = connection.raw
    raw.set_progress_handler(lambda: 0, _HEARS_EACH)
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            raise KeyboardInterrupt from error
        raise
    finally:
        raw.set_progress_handler(None, 0)


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
