"""What runs printed, in pieces in the store, as it is read."""

from enum import IntEnum
from typing import NamedTuple

from queuectl_store.job import JobId
from queuectl_store.source import Source
from queuectl_store.sql.plain import output as sql

PIECE_BYTES = 1 << 16
_AT_ONCE = 16


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


class OutputReader:
    """Reads output; see outputs.py."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def since(self, of: OutputOf, start: int) -> list[tuple[int, bytes]]:
        """Return the next pieces that reach beyond the byte *start*: where each begins, its bytes.

        They come in order, at most a megabyte; none means that nothing more is there.
        """
        values = {**names_of(of), "from_byte": start, "at_most": _AT_ONCE}
        with self._source.read() as connection:
            rows = sql.SINCE.run(connection, values).all()
        return [(row.start, bytes(row.body)) for row in rows]

    def size(self, of: OutputOf) -> int:
        """Return where the output ends as far as it is here; 0 where there is none."""
        with self._source.read() as connection:
            return int(sql.SIZE.run(connection, names_of(of)).scalar() or 0)


def names_of(of: OutputOf) -> dict[str, int]:
    """Return the parameters that name an output."""
    return {"job": of.job_id, "run": of.token, "of_stream": int(of.stream)}
