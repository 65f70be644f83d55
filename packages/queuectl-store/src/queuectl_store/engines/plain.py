"""A SQLite store by the standard library alone: transactions, clocks, the change counter.

Statements run on it by their texts as they do on SQLAlchemy's connections (sql/statement.py),
without the time that importing it takes, and without what it takes for each statement.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

from queuectl_store.clock import Clock
from queuectl_store.engines.plain_rows import PlainRows
from queuectl_store.engines.sqlite_faults import has_no_room, is_spent, translate
from queuectl_store.engines.sqlite_setup import set_up, until_unlocked
from queuectl_store.errors import StoreError
from queuectl_store.notifier import FifoBell, Listener, PollingListener
from queuectl_store.sql.names import kept_in
from queuectl_store.sql.statement import Query, Values

_NOTHING: Mapping[str, Any] = {}
_KEPT = 4  # connections that wait for the next read

T = TypeVar("T")
Begin = Callable[[sqlite3.Cursor], object]
GiveBack = Callable[[sqlite3.Connection, bool], None]


class PlainConnection:
    """A connection in a transaction.

    Args:
        begin: Begins a transaction on it, by its cursor.
        give_back: Called at the end with the connection, and whether it must not be used again.
    """

    is_plain = True

    def __init__(self, raw: sqlite3.Connection, begin: Begin, give_back: GiveBack) -> None:
        self.raw = raw
        self._begin, self._give_back = begin, give_back
        self._is_spent = self._is_closed = False
        # One for all statements, whose rows are read at once.
        self._cursor = raw.cursor()
        self.begin()

    def begin(self) -> None:
        """Begin a transaction."""
        self._judged(lambda: self._begin(self._cursor))

    def execute(self, statement: Any, values: Any = _NOTHING, /) -> PlainRows:
        """Run a statement; once for each of a list of values."""
        query: Query = statement
        try:
            if isinstance(values, list):
                rows = map(query.fitted, values)
                return PlainRows.of(self._cursor.executemany(query.text, rows))
            return PlainRows.of(self._cursor.execute(*query.filled(values)))
        except sqlite3.Error as error:
            self._is_spent |= is_spent(error)
            raise

    def exec_driver_sql(self, text: str, values: Any = (), /) -> PlainRows:
        """Run *text*, which is not one of the store's statements."""
        return self._judged(lambda: PlainRows.of(self._cursor.execute(text, values)))

    def keep(self, name: str, columns: Sequence[str], rows: Sequence[Any], /) -> Values:
        """Put *rows* into the table of this connection that statements call *name*."""
        self._judged(lambda: self._keep(kept_in(name), columns, rows))
        return _NOTHING

    @contextmanager
    def begin_nested(self) -> Iterator[None]:
        """Undo, where an error ends the block, what was done in it and no more."""
        self.exec_driver_sql("SAVEPOINT nested")
        try:
            yield
        except BaseException:
            self.exec_driver_sql("ROLLBACK TO nested")
            self.exec_driver_sql("RELEASE nested")
            raise
        self.exec_driver_sql("RELEASE nested")

    def commit(self) -> None:
        """Commit the transaction."""
        # As a text, which is prepared once; `commit` of the connection prepares its own each time.
        if self.raw.in_transaction:
            self._judged(lambda: self._cursor.execute("COMMIT"))

    def rollback(self) -> None:
        """Undo the transaction."""
        self._judged(self.raw.rollback)

    def invalidate(self) -> None:
        """Let nobody use the connection again."""
        self._is_spent = True

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            if not self._is_spent and self.raw.in_transaction:
                self.rollback()
        finally:
            self._give_back(self.raw, self._is_spent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _keep(self, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
        try:
            self.raw.execute(f"DELETE FROM {table}")  # noqa: S608 (our names)
        except sqlite3.OperationalError:
            # It was not made yet, or in a transaction that was undone; a real fault comes again.
            make_kept(self.raw, table, columns)
        if not rows:
            return
        # What is null in every row is left out: the module looks for a way to adapt each None,
        # which takes as long as three values.
        given = [
            (name, values)
            for name, values in zip(columns, zip(*rows, strict=True), strict=False)
            if values.count(None) < len(rows)
        ]
        names, places = ", ".join(name for name, _ in given), ", ".join("?" * len(given))
        text = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 (our names)
        self.raw.executemany(text, zip(*(values for _, values in given), strict=True))

    def _judged(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except sqlite3.Error as error:
            self._is_spent |= is_spent(error)
            raise


class PlainSqlite:
    """One SQLite file that is there, to be looked at; safe to use from several threads."""

    errors: tuple[type[Exception], ...] = (sqlite3.Error,)

    def __init__(self, path: Path, *, clock: Clock, durability: str = "full") -> None:
        self.path: Path | None = path
        self.url = f"sqlite:///{path}"
        self._file, self._clock = path, clock
        self._durability = durability
        self._bell = FifoBell(path.with_name(path.name + ".wake"))
        self._watch: sqlite3.Connection | None = None
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def begin_read(self) -> PlainConnection:
        """Return a connection that sees one state of the store and cannot write.

        Raises:
            StoreError: As `translate`.
        """
        try:
            raw, is_alone = self._taken()
        except sqlite3.Error as error:
            raise self.translate(error, committing=False) from error

        def give_back(raw: sqlite3.Connection, is_spent: bool) -> None:  # noqa: FBT001
            self._give_back(raw, is_kept=not (is_spent or is_alone))

        return self._begun(raw, _begin_read, give_back)

    def translate(self, error: BaseException, *, committing: bool) -> StoreError:
        """Say in our own terms what *error* means, also if SQLAlchemy wraps it."""
        return translate(getattr(error, "orig", error), self._file, committing=committing)

    def times(self) -> Mapping[str, object]:
        """Return this host's clocks: all processes of a SQLite store run on one host."""
        boot, lease_now = self._clock.lease()
        return {"now": self._clock.wall_ms(), "lease_now": lease_now, "boot": boot}

    def version(self) -> int:
        """Return the file's change counter as one long-lived connection sees it."""
        with self._lock:
            try:
                if self._watch is None:
                    self._watch = open_raw(self._file, self._durability, reads_only=True)
                return int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            except sqlite3.Error as error:
                close_raw(self._watch)
                self._watch = None
                raise translate(error, self._file, committing=False) from error

    def listen(self) -> Listener:
        """Return a listener; where there are no FIFOs it watches the change counter."""
        return self._bell.listen() if hasattr(os, "mkfifo") else PollingListener(self)

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for raw in (*self._idle, self._watch):
                close_raw(raw)
            self._idle, self._watch = [], None

    def _begun(self, raw: sqlite3.Connection, begin: Begin, give_back: GiveBack) -> PlainConnection:
        try:
            return PlainConnection(raw, begin, give_back)
        except BaseException as error:
            give_back(raw, is_spent(error))
            if isinstance(error, sqlite3.Error):
                raise self.translate(error, committing=False) from error
            raise

    def _taken(self) -> tuple[sqlite3.Connection, bool]:
        """Return a connection, and whether it keeps all others out."""
        with self._lock:
            if self._idle:
                return self._idle.pop(), False
        try:
            return open_raw(self._file, self._durability, reads_only=True), False
        except sqlite3.OperationalError as error:
            if not has_no_room(error):
                raise
        # Who is alone needs no shared index, and can look at a store on a full disk.
        return open_raw(self._file, self._durability, reads_only=True, is_alone=True), True

    def _give_back(self, raw: sqlite3.Connection, *, is_kept: bool) -> None:
        with self._lock:
            if is_kept and len(self._idle) < _KEPT:
                self._idle.append(raw)
                return
        raw.close()


def open_raw(
    file: Path, durability: str, *, reads_only: bool, is_alone: bool = False
) -> sqlite3.Connection:
    """Open *file* as every connection to a store is set up; *is_alone* keeps all others out.

    Raises:
        sqlite3.Error: It cannot be.
        StoreBusy: Another process kept it locked.
    """
    # Writers wait by our own retry (see begin_write); readers meet a lock only while
    # another process opens or recovers the file.
    connection = sqlite3.connect(
        file,
        timeout=5.0 if reads_only else 0.0,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        if is_alone:
            connection.execute("PRAGMA locking_mode=exclusive").fetchall()
        until_unlocked(lambda: set_up(connection, durability, reads_only=reads_only))
    except BaseException:
        connection.close()
        raise
    return connection


def make_kept(raw: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
    """Make the temporary *table* of a connection, and say that it has few rows.

    SQLite takes a table that it knows nothing of for one of a million rows, and would read all
    jobs of a store with statistics before it looks for those.
    """
    raw.execute(f"CREATE TABLE {table} ({', '.join(columns)})")
    raw.execute(f"ANALYZE {table}")
    name = table.removeprefix("temp.")
    raw.execute("INSERT INTO temp.sqlite_stat1 VALUES (?, NULL, '200')", (name,))
    raw.execute("ANALYZE temp.sqlite_schema")


def close_raw(connection: sqlite3.Connection | None) -> None:
    """Close it, if there is one."""
    if connection is not None:
        connection.close()


def _begin_read(cursor: sqlite3.Cursor) -> None:
    cursor.execute("BEGIN")
