"""SQLite: one file, WAL, writes by BEGIN IMMEDIATE alone, and the guarded checkpoint.

The file is never opened here but by SQLite: closing a second descriptor would drop its locks.
"""

import contextlib
import os
import sqlite3
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from queuectl_store.bell import EVERYTHING
from queuectl_store.clock import Clock
from queuectl_store.engines.fair_lock import FairLock
from queuectl_store.engines.plain import PlainConnection, PlainSqlite, close_raw, open_raw
from queuectl_store.engines.sqlite_faults import translate
from queuectl_store.engines.sqlite_file import identity, make_file, refuse_network
from queuectl_store.engines.sqlite_setup import BUSY_S, begin_write, is_locked
from queuectl_store.errors import MissingDriver, StoreBusy, StoreDamaged, StoreError
from queuectl_store.sql.plain.upkeep import SCHEMA_VERSION

if TYPE_CHECKING:
    from queuectl_store.engines.sqlite_alchemy import SqliteAlchemy
    from queuectl_store.engines.sqlite_care import SqliteCare
    from queuectl_store.engines.transaction import Transaction

Durability = Literal["full", "normal"]

OLDEST_SQLITE = (3, 38, 0)  # ->> and RETURNING
_WAL_LIMIT = 4 * 2**20
_LOOK_EVERY = 64  # commits between two looks at the size of the WAL
_HAS_VERSION = "SELECT 1 FROM sqlite_schema WHERE name = 'queuectl_schema_version'"


class SqliteEngine(PlainSqlite):
    """One SQLite file."""

    writes_alone = True
    joins_writes = False
    conflict: type[Exception] = sqlite3.IntegrityError

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
        self._turn = FairLock()
        self._writer: sqlite3.Connection | None = None
        self._commits = 0
        self._guard: sqlite3.Connection | None = None

    def begin_write(self) -> PlainConnection:
        """Return a connection that holds the write lock; of this process, one thread has it."""
        self._commits += 1
        if self._commits % _LOOK_EVERY == 0:
            self.maintain()
        if not self._turn.acquire(BUSY_S):
            raise StoreBusy("another thread of this process kept the store; try again")
        try:
            raw = self._writer or self._raw(reads_only=False)
        except BaseException as error:
            self._turn.release()
            if isinstance(error, sqlite3.Error):
                raise self.translate(error, committing=False) from error
            raise
        return self._begun(raw, begin_write, self._keep_writer)

    def schema_version(self) -> str | None:
        """Return the number of the newest migration in the store; None for an empty one."""
        with self.begin_read() as connection:
            try:
                if not connection.exec_driver_sql(_HAS_VERSION).all():
                    return None
                return str(connection.execute(SCHEMA_VERSION, {}).scalar_one())
            except sqlite3.Error as error:
                raise self.translate(error, committing=False) from error

    def is_transient(self, error: StoreError) -> bool:  # noqa: ARG002
        """Nothing is: BEGIN IMMEDIATE already waited for the lock."""
        return False

    def lock_for_migration(self, connection: "Transaction") -> None:
        """BEGIN IMMEDIATE is the lock."""

    def commit(self, connection: "Transaction", about: int) -> int:
        """Commit, and leave ringing for when others may have the store."""
        connection.commit()
        return about

    def notify(self, about: int = EVERYTHING) -> None:
        """Ring the bell of every listener."""
        if hasattr(os, "mkfifo"):
            self._bell.ring(about)

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
            close_raw(self._writer)
            self._guard = self._writer = None

    @cached_property
    def alchemy(self) -> "SqliteAlchemy":
        """Transactions on connections of SQLAlchemy, each opened for it."""
        # Imported here: it takes longer than most programs need the store.
        from queuectl_store.engines.sqlite_alchemy import SqliteAlchemy

        return SqliteAlchemy(self._file, self._raw)

    @property
    def care(self) -> "SqliteCare":
        """What the care of the whole store needs."""
        from queuectl_store.engines.sqlite_care import SqliteCare

        return SqliteCare(
            self._file,
            begin_look=self.begin_read,
            begin_read=lambda: self.alchemy.begin_read(),
            begin_write=lambda: self.alchemy.begin_write(),
            open_raw=lambda: self._raw(reads_only=True),
        )

    def _keep_writer(self, raw: sqlite3.Connection, is_spent: bool) -> None:  # noqa: FBT001
        if is_spent:
            raw.close()
        self._writer = None if is_spent else raw
        self._turn.release()

    def _raw(self, *, reads_only: bool) -> sqlite3.Connection:
        return open_raw(self._file, self._durability, reads_only=reads_only)
