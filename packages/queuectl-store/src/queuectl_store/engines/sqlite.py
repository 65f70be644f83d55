"""SQLite: one file, WAL, writes by BEGIN IMMEDIATE alone, and the guarded checkpoint.

The file is never opened here but by SQLite: closing a second descriptor would drop its locks.
"""

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from queuectl_store.clock import Clock
from queuectl_store.engines.plain import PlainSqlite, close_raw, open_raw
from queuectl_store.engines.sqlite_care import SqliteCare
from queuectl_store.engines.sqlite_faults import is_spent, translate
from queuectl_store.engines.sqlite_file import identity, make_file, refuse_network
from queuectl_store.engines.sqlite_setup import BUSY_S, begin_write, is_locked
from queuectl_store.errors import MissingDriver, StoreDamaged, StoreError

Durability = Literal["full", "normal"]

OLDEST_SQLITE = (3, 38, 0)  # ->> and RETURNING
_WAL_LIMIT = 4 * 2**20
_LOOK_EVERY = 64  # commits between two looks at the size of the WAL


class SqliteEngine(PlainSqlite):
    """One SQLite file."""

    writes_alone = True

    def __init__(self, path: Path, *, clock: Clock, durability: Durability, create: bool) -> None:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise MissingDriver(
                f"this Python has SQLite {sqlite3.sqlite_version}; QueueCTL needs 3.38 or newer:"
                " use a newer Python"
            )
        super().__init__(path, clock=clock, durability=durability)
        refuse_network(path)
        make_file(path, create=create)
        self._identity = identity(path)
        self._writer = self._engine(pool_size=1, max_overflow=0, reads_only=False)
        self._reader = self._engine(pool_size=4, max_overflow=12, reads_only=True)
        self._commits = 0
        self._guard: sqlite3.Connection | None = None

    def begin_write(self) -> sa.Connection:
        """Return a connection that holds the write lock."""
        self._commits += 1
        if self._commits % _LOOK_EVERY == 0:
            self.maintain()
        return self._begun(self._writer.connect())

    def begin_read(self) -> sa.Connection:
        """Return a connection that sees one state of the store and cannot write."""
        return self._begun(self._reader.connect())

    def translate(self, error: sa.exc.DBAPIError, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means."""
        return translate(error.orig, self._file, committing=committing)

    def is_transient(self, error: StoreError) -> bool:  # noqa: ARG002
        """Nothing is: BEGIN IMMEDIATE already waited for the lock."""
        return False

    def lock_for_migration(self, connection: sa.Connection) -> None:
        """BEGIN IMMEDIATE is the lock."""

    def notify(self) -> None:
        """Ring the bell of every listener."""
        if hasattr(os, "mkfifo"):
            self._bell.ring()

    def maintain(self) -> None:
        """Move the WAL into the database when it has grown past 4 MiB.

        Raises:
            StoreDamaged: Another file, or none, is now where the store was: what is written
                here would be lost with this process.
        """
        if identity(self._file) != self._identity:
            raise StoreDamaged(
                f"the store {self._file} was moved, deleted or replaced while in use;"
                " put it back, or restart this program on the new one"
            )
        try:
            size = os.stat(f"{self._file}-wal").st_size
        except OSError:
            return
        if size > _WAL_LIMIT:
            self.checkpoint()

    def checkpoint(self) -> None:
        """Copy the WAL into the database, safely on every SQLite.

        SQLite 3.7.0 to 3.51.2 can lose committed transactions when a checkpoint overlaps a
        reset of the WAL (docs/decisions/0005). Only a writer resets it, so one connection holds
        the write lock while another copies. When the lock is taken, the next step will do it.
        """
        with self._lock:
            try:
                self._copy_wal()
            except sqlite3.Error as error:
                close_raw(self._guard)
                self._guard = None
                raise translate(error, self._file, committing=False) from error

    def _copy_wal(self) -> None:
        if self._guard is None:
            self._guard = self._raw(reads_only=False)
        try:
            self._guard.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if is_locked(error):
                return
            raise
        try:
            # Opened anew: one whose flush failed is not used again.
            with contextlib.closing(self._raw(reads_only=False)) as copier:
                copier.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            self._guard.execute("ROLLBACK")

    def close(self) -> None:
        """Close every connection."""
        super().close()
        with self._lock:
            close_raw(self._guard)
            self._guard = None
        self._reader.dispose()
        self._writer.dispose()

    @property
    def care(self) -> SqliteCare:
        """What the care of the whole store needs."""
        return SqliteCare(
            self._file,
            begin_read=self.begin_read,
            begin_write=self.begin_write,
            open_raw=lambda: self._raw(reads_only=True),
        )

    def _engine(self, *, pool_size: int, max_overflow: int, reads_only: bool) -> sa.Engine:
        engine = sa.create_engine(
            "sqlite://",
            creator=lambda: self._raw(reads_only=reads_only),
            poolclass=sa.QueuePool,
            pool_size=pool_size,
            max_overflow=max_overflow,
            pool_timeout=BUSY_S,
            pool_reset_on_return="rollback",
        )
        sa.event.listen(engine, "begin", _begin_read if reads_only else _begin_write)
        sa.event.listen(engine, "handle_error", _retire)
        return engine

    def _begun(self, connection: sa.Connection) -> sa.Connection:
        try:
            connection.begin()
        except sqlite3.Error as error:
            if is_spent(error):
                connection.invalidate(error)
            connection.close()
            raise translate(error, self._file, committing=False) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _raw(self, *, reads_only: bool) -> sqlite3.Connection:
        return open_raw(self._file, self._durability, reads_only=reads_only)


def _retire(context: sa.ExceptionContext) -> None:
    # "Disconnected": neither this connection nor one that waits beside it is used again.
    if is_spent(context.original_exception):
        context.is_disconnect = True


def _begin_read(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_write(connection: sa.Connection) -> None:
    raw: Any = connection.connection.driver_connection
    begin_write(raw)
