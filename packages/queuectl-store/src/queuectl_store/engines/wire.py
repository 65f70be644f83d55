"""A connection to PostgreSQL that sends what nobody waits for along with what comes after it.

libpq's pipeline mode: statements go out together, and their results are read when somebody asks
for one of them, or at the end of the transaction. psycopg's own execution takes three times the
processor time for each statement.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer

from queuectl_store.engines.plain_rows import PlainRows

_DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_END = pq.ExecStatus.PIPELINE_SYNC
_ERROR = pq.ExecStatus.FATAL_ERROR
_MOST_PREPARED = 250
_HAS_POLL = hasattr(select, "poll")


class LostConnection(psycopg.OperationalError):
    """The connection broke; what was sent last may have been done or not."""


class AwaitedRows(PlainRows):
    """The rows of a statement that may not have been sent yet.

    Args:
        fetch: Has them filled in, or raises what the server said.
    """

    __slots__ = ("_fetch",)

    def __init__(self, fetch: Callable[[], None]) -> None:
        self._fetch = fetch

    def __getattr__(self, name: str) -> Any:
        # A slot that is not filled yet.
        if name not in PlainRows.__slots__ or name == "_last_id":
            raise AttributeError(name)
        self._fetch()
        return object.__getattribute__(self, name)

    def inserted(self) -> int | None:
        """Return the id of the row that an insert of one made; None if it made none."""
        made: int | None = self.scalar()
        return made

    def fill(self, names: tuple[str, ...], rows: list[tuple[Any, ...]], count: int) -> None:
        """Take what came."""
        self._names, self._rows, self.rowcount = names, rows, count


class _Asked(NamedTuple):
    text: str
    values: list[bytes | None]
    prepared: bool
    rows: AwaitedRows | None


# Who is told of a result; the text of a statement that was to be prepared; nobody.
_Taker = AwaitedRows | str | None


class Wire:
    """One session; for one thread at a time.

    Attributes:
        is_clean: Whether every answer to what was sent has been read.
    """

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self.raw = raw
        self._pg = raw.pgconn
        self._pg.nonblocking = 1
        self._pg.enter_pipeline_mode()
        self._transformer = Transformer(raw)
        self._kept_back: list[_Asked] = []
        self._prepared: dict[str, bytes] = {}
        self._number = 0
        self.is_clean = True

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open on the server."""
        return self._pg.transaction_status != pq.TransactionStatus.IDLE

    @property
    def is_usable(self) -> bool:
        """Whether the session is alive, has no transaction open and owes no answer."""
        if not self.is_clean or self._kept_back or self._pg.status != pq.ConnStatus.OK:
            return False
        # What comes unasked is the end of the session.
        return not (self.is_open or _wait(self._pg.socket, 0))

    def ask(self, text: str, values: Sequence[Any] = (), *, prepared: bool = False) -> AwaitedRows:
        """Send a statement with its next companions; *prepared* if it will come again."""
        rows = AwaitedRows(self.sync)
        self._kept_back.append(_Asked(text, [_dumped(value) for value in values], prepared, rows))
        return rows

    def withdraw(self, rows: AwaitedRows) -> bool:
        """Take back the statement of *rows*, if it comes first and was not sent; tell whether."""
        if self._kept_back and self._kept_back[0].rows is rows:
            del self._kept_back[0]
            return True
        return False

    def drop(self) -> None:
        """Forget what has not been sent."""
        self._kept_back = []

    def sync(self, *, then: str = "") -> None:
        """Send what was kept back and read every answer.

        Args:
            then: A statement to send after them; of its answer nothing is told.

        Raises:
            psycopg.Error: The first that the server named; what followed it was not done.
        """
        if not self._kept_back and not then:
            return
        asked, self._kept_back = self._kept_back, []
        if then:
            asked.append(_Asked(then, [], prepared=False, rows=None))
        self.is_clean = False
        try:
            awaited = [each for one in asked for each in self._send(one)]
            self._pg.pipeline_sync()
            while self._pg.flush():
                _wait(self._pg.socket, None, for_room=True)
                self._pg.consume_input()
            error = self._read(awaited)
        except psycopg.Error as lost:
            raise LostConnection(str(lost)) from lost
        self.is_clean = True
        if error is not None:
            raise error

    def close(self) -> None:
        """End the session."""
        self.raw.close()

    def _send(self, asked: _Asked) -> Iterator[_Taker]:
        """Give it to libpq; tell who gets the rows, or which text was to be prepared before."""
        name = self._prepared.get(asked.text)
        if asked.prepared and name is None and len(self._prepared) < _MOST_PREPARED:
            self._number += 1
            name = self._prepared[asked.text] = b"queuectl_%d" % self._number
            self._pg.send_prepare(name, asked.text.encode())
            yield asked.text
        if name is not None:
            self._pg.send_query_prepared(name, asked.values)
        else:
            self._pg.send_query_params(asked.text.encode(), asked.values)
        yield asked.rows

    def _read(self, awaited: list[_Taker]) -> psycopg.Error | None:
        error: psycopg.Error | None = None
        place = 0
        while True:
            result = self._next()
            if result is None:
                place += 1
                continue
            status = result.status
            if status == _END:
                return error
            asked = awaited[place]
            if status in _DONE:
                if isinstance(asked, AwaitedRows):
                    self._fill(asked, result)
                continue
            if status == _ERROR and asked is not None:
                error = error or psycopg.errors.error_from_result(result)
            if isinstance(asked, str):
                del self._prepared[asked]

    def _next(self) -> Any:
        pg = self._pg
        while pg.is_busy():
            _wait(pg.socket, None)
            pg.consume_input()
        return pg.get_result()

    def _fill(self, rows: AwaitedRows, result: Any) -> None:
        names = tuple([(result.fname(n) or b"").decode() for n in range(result.nfields)])
        found: list[tuple[Any, ...]] = []
        if names:
            self._transformer.set_pgresult(result)
            found = self._transformer.load_rows(0, result.ntuples, tuple)
        rows.fill(names, found, result.command_tuples or 0)


def _dumped(value: Any) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return b"\\x" + value.hex().encode()
    if isinstance(value, str):
        if "\0" in value:
            raise psycopg.DataError("PostgreSQL takes no text with NUL characters")
        return value.encode()
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"%d" % value
    return str(value).encode()


def _wait(fd: int, timeout_ms: int | None, *, for_room: bool = False) -> bool:
    """Wait until *fd* can be read, or *for_room* to write; return whether it can."""
    if _HAS_POLL:
        poll = select.poll()
        poll.register(fd, select.POLLIN | select.POLLOUT if for_room else select.POLLIN)
        return bool(poll.poll(timeout_ms))
    timeout_s = None if timeout_ms is None else timeout_ms / 1000
    return any(select.select([fd], [fd] if for_room else [], [], timeout_s))
