"""Transactions on PostgreSQL by the texts of statements, and the sessions that they run on."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import psycopg

from queuectl_store.engines.plain_rows import PlainRows
from queuectl_store.engines.wire import AwaitedRows, Wire
from queuectl_store.errors import StoreBusy
from queuectl_store.sql.names import shared_by
from queuectl_store.sql.on_postgres import Sent, encoded, numbered, text_of
from queuectl_store.sql.statement import Values

_NOTHING: Mapping[str, Any] = {}
_MOST = 15  # sessions at a time
_KEPT = 5  # sessions that wait for the next transaction
_PATIENCE_S = 5.0


class PostgresConnection:
    """A connection in a transaction; what is not read goes out with what comes after it.

    An error of the server may so be told by a later statement, at the latest by the commit, or at
    the end of a nested block.

    Args:
        begin: The text that begins a transaction.
        give_back: Called at the end with the session.
    """

    is_plain = True

    def __init__(self, wire: Wire, begin: str, give_back: Callable[[Wire], None]) -> None:
        self._wire, self._first, self._give_back = wire, begin, give_back
        self._is_spent = self.closed = False
        self._begun: AwaitedRows | None = None

    def begin(self) -> None:
        """Begin another transaction, with the first statement."""

    def execute(self, query: Any, values: Any = _NOTHING, /) -> PlainRows:
        """Run a statement; once for each of a list of values."""
        if not isinstance(values, list):
            known = text_of(query, values)
            text, given = known.given(values)
            return self._sent(text, given, prepared=known.is_fixed)
        rows = PlainRows((), [], 0)
        for each in values:
            rows = self.execute(query, each)
        return rows

    def exec_driver_sql(self, text: str, values: Any = _NOTHING, /) -> PlainRows:
        """Run *text*, which is not one of the store's statements.

        Args:
            values: By name, for `%(name)s` in the text; or in order, for `$1` and so on.
        """
        if not isinstance(values, Mapping):
            return self._sent(text, values)
        sent = numbered(text) if values else Sent(text, ())
        return self._sent(sent.text, sent.filled(values))

    def keep(self, name: str, columns: Sequence[str], rows: Sequence[Any], /) -> Values:
        """Return *rows* as the two parameters that such a batch of the server is."""
        own, shared = encoded(columns, rows)
        return {name: own, shared_by(name): shared}

    @contextmanager
    def begin_nested(self) -> Iterator[None]:
        """Undo, where an error ends the block, what was done in it and no more."""
        self._wire.sync()  # what came before it has its errors before it
        self._now("SAVEPOINT nested")
        try:
            yield
            self._wire.sync()
        except BaseException:
            if not self._is_spent and self._wire.is_clean:
                self._now("ROLLBACK TO nested")
                self._now("RELEASE nested")
            raise
        self._sent("RELEASE nested", ())

    def commit(self, *, then: str = "") -> None:
        """Commit the transaction.

        Args:
            then: Sent with it, and done after it; whether that went well is not told.
        """
        begun, self._begun = self._begun, None
        if begun is None and not then:
            return
        # What goes out in one round trip is one transaction by itself. NOTIFY would be part of it.
        if begun is not None and (then or not self._wire.withdraw(begun)):
            self._wire.ask("COMMIT", prepared=True)
        self._wire.sync(then=then)

    def rollback(self) -> None:
        """Undo the transaction."""
        self._wire.drop()
        self._begun = None
        if self._wire.is_open:
            self._wire.ask("ROLLBACK")
            self._wire.sync()

    def invalidate(self) -> None:
        """Let nobody use the connection again."""
        self._is_spent = True

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        if self.closed:
            return
        self.closed = True
        try:
            if not self._is_spent and self._wire.is_clean:
                self.rollback()
        except psycopg.Error:
            self._is_spent = True
        finally:
            if self._is_spent:
                self._wire.close()
            self._give_back(self._wire)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _sent(self, text: str, values: Any, *, prepared: bool = False) -> PlainRows:
        if self._begun is None:
            self._begun = self._wire.ask(self._first, prepared=True)
        return self._wire.ask(text, values, prepared=prepared)

    def _now(self, text: str) -> None:
        self._sent(text, ())
        self._wire.sync()


class PostgresPool:
    """Sessions of one process; the one that was used last is taken first.

    Args:
        connect: Opens a session.
    """

    def __init__(self, connect: Callable[[], psycopg.Connection[Any]]) -> None:
        self._connect = connect
        self._idle: list[Wire] = []
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(_MOST)
        self._is_closed = False

    def take(self) -> Wire:
        """Return a session for one transaction.

        Raises:
            StoreBusy: All were in use for some seconds.
            psycopg.Error: There is no server.
        """
        if not self._room.acquire(timeout=_PATIENCE_S):
            raise StoreBusy("all connections of this process are in use; try again")
        try:
            return self._waiting() or Wire(self._connect())
        except BaseException:
            self._room.release()
            raise

    def give(self, wire: Wire) -> None:
        """Take *wire* back."""
        try:
            if wire.is_usable:
                with self._lock:
                    if len(self._idle) < _KEPT and not self._is_closed:
                        self._idle.append(wire)
                        return
            wire.close()
        finally:
            self._room.release()

    def close(self) -> None:
        """End the sessions that nobody uses now, and the others when they are given back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for wire in idle:
            wire.close()

    def _waiting(self) -> Wire | None:
        while True:
            with self._lock:
                if not self._idle:
                    return None
                wire = self._idle.pop()
            # The server may have ended it meanwhile.
            if wire.is_usable:
                return wire
            wire.close()
