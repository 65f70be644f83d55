"""A SQLite store by the standard library alone: connections, rows, clocks.

Reads run on it as they do on SQLAlchemy's connections (sql/statement.py), without the time that
importing that takes. Whoever writes opens the store as a whole.
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from queuectl_store.bounds import clean, small, whole
from queuectl_store.clock import Clock
from queuectl_store.engines.sqlite_faults import has_no_room, is_spent, translate
from queuectl_store.engines.sqlite_setup import set_up, until_unlocked
from queuectl_store.notifier import FifoBell, Listener, PollingListener
from queuectl_store.sql.statement import Query

_NOTHING: Mapping[str, Any] = {}
_KEPT = 4  # connections that wait for the next read


class PlainRow(tuple[Any, ...]):
    """A row whose columns are attributes too."""

    __slots__ = ()
    _places: Mapping[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        try:
            return self[self._places[name]]
        except KeyError:
            raise AttributeError(name) from None


class PlainRows:
    """What a statement gave, read as SQLAlchemy's results are."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._names = tuple(column[0] for column in cursor.description)
        places = {name: place for place, name in enumerate(self._names)}
        make: Callable[[tuple[Any, ...]], PlainRow] = type(
            "Row", (PlainRow,), {"__slots__": (), "_places": places}
        )
        self._rows: list[Any] = list(map(make, cursor))

    def __iter__(self) -> Iterator[PlainRow]:
        return iter(self._rows)

    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self._names

    def all(self) -> list[PlainRow]:
        """Return every row."""
        return self._rows

    def first(self) -> PlainRow | None:
        """Return the first row, if there is one."""
        return self._rows[0] if self._rows else None

    def one(self) -> PlainRow:
        """Return the only row."""
        row: PlainRow
        [row] = self._rows
        return row

    def scalars(self) -> "PlainRows":
        """Return the first column of each row in place of the row."""
        self._rows = [row[0] for row in self._rows]
        return self

    def scalar(self) -> Any:
        """Return the first column of the first row, if there is one."""
        return self._rows[0][0] if self._rows else None

    def scalar_one(self) -> Any:
        """Return the first column of the only row."""
        return self.one()[0]


class PlainConnection:
    """A connection in a transaction that only reads."""

    is_plain = True

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def execute(self, query: Query, values: Mapping[str, Any] = _NOTHING, /) -> PlainRows:
        """Run a statement with its conditions."""
        text, given = query.text, dict(values)
        for part in query.parts:
            given |= part.fixed
            _fit(given, part.whole, whole)
            _fit(given, part.small, small)
            _fit(given, part.words, clean)
            for name in part.lists:
                each = {f"{name}_{n}": value for n, value in enumerate(given.pop(name))}
                names = ", ".join(f":{name}" for name in each)
                text = text.replace(f"__[POSTCOMPILE_{name}]", names)
                given |= each
        return PlainRows(self._raw.execute(text, given))


class PlainSqlite:
    """One SQLite file that is there, to be looked at; safe to use from several threads."""

    def __init__(self, path: Path, *, clock: Clock, durability: str = "full") -> None:
        self.path: Path | None = path
        self.url = f"sqlite:///{path}"
        self._file, self._clock = path, clock
        self._durability = durability
        self._bell = FifoBell(path.with_name(path.name + ".wake"))
        self._watch: sqlite3.Connection | None = None
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[PlainConnection]:
        """Give a connection whose statements all see one state of the store.

        Raises:
            StoreError: In the terms of errors.py; never the driver's own exception.
        """
        raw: sqlite3.Connection | None = None
        is_alone = False
        try:
            raw, is_alone = self._taken()
            raw.execute("BEGIN")
            yield PlainConnection(raw)
        except sqlite3.Error as error:
            if raw is not None and is_spent(error):
                raw.close()
                raw = None
            raise translate(error, self._file, committing=False) from error
        finally:
            if raw is not None:
                self._give_back(raw, is_alone=is_alone)

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

    def _give_back(self, raw: sqlite3.Connection, *, is_alone: bool) -> None:
        raw.rollback()
        with self._lock:
            if len(self._idle) < _KEPT and not is_alone:
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


def close_raw(connection: sqlite3.Connection | None) -> None:
    """Close it, if there is one."""
    if connection is not None:
        connection.close()


def _fit(given: dict[str, Any], names: Sequence[str], fitted: Callable[[Any], Any]) -> None:
    for name in names:
        value = given[name]
        given[name] = list(map(fitted, value)) if isinstance(value, list) else fitted(value)
