"""What runs printed, in pieces in the store: for readers on hosts that lack the run's file.

Workers of a server write it; beside a SQLite store output lies in files alone, and this is empty.
"""

from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.job import JobId
from queuectl_store.sql import output as sql
from queuectl_store.sql import read as read_sql

PIECE_BYTES = 1 << 16
_AT_ONCE = 16
_STEP = 200


class Stream(IntEnum):
    """Which of a run's outputs: stdout, with stderr in it unless the two are apart."""

    OUT = 1
    ERR = 2


class OutputOf(NamedTuple):
    """One output of one run, which its token names."""

    job_id: JobId
    token: int
    stream: Stream = Stream.OUT


class Piece(NamedTuple):
    """At most PIECE_BYTES of an output, from the byte *start* of all that the run printed."""

    of: OutputOf
    start: int
    body: bytes


class Outputs:
    """See the module. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, pieces: Sequence[Piece]) -> None:
        """Store *pieces*; one that is there already, or whose job is gone, is left out."""
        if not pieces:
            return
        times = self._database.engine.times

        def work(connection: sa.Connection) -> None:
            now = dict(times())
            rows = [
                {**_names(piece.of), "from_byte": piece.start, "piece": piece.body, **now}
                for piece in pieces
            ]
            connection.execute(sql.ADD, rows)

        self._database.write(work, repeatable=True)

    def since(self, of: OutputOf, start: int) -> list[tuple[int, bytes]]:
        """Return the next pieces that reach beyond the byte *start*: where each begins, its bytes.

        They come in order, at most a megabyte; none means that nothing more is there.
        """
        values = {**_names(of), "from_byte": start, "at_most": _AT_ONCE}
        with self._database.read() as connection:
            rows = connection.execute(sql.SINCE, values).all()
        return [(row.start, bytes(row.body)) for row in rows]

    def size(self, of: OutputOf) -> int:
        """Return where the output ends as far as it is here; 0 where there is none."""
        with self._database.read() as connection:
            return int(connection.execute(sql.SIZE, _names(of)).scalar() or 0)

    def cut(self, of: OutputOf, start: int, end: int) -> None:
        """Delete the pieces that begin between two bytes."""
        values = {**_names(of), "from_byte": start, "to_byte": end}
        self._database.write(lambda c: c.execute(sql.CUT, values), repeatable=True)

    def prune(self, *, older_than_ms: int) -> Iterator[int]:
        """Delete what was written longer ago, step by step; each step's number of pieces."""

        def step(connection: sa.Connection) -> int:
            now = connection.execute(read_sql.NOW, dict(self._database.engine.times()))
            before = now.scalar_one() - older_than_ms
            return connection.execute(sql.PRUNE, {"before": before, "at_most": _STEP}).rowcount

        while gone := self._database.write(step):
            yield gone


def _names(of: OutputOf) -> dict[str, int]:
    return {"job": of.job_id, "run": of.token, "of_stream": int(of.stream)}
