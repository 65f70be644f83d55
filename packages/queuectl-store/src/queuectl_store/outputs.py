"""What runs printed, in pieces in the store: for readers on hosts that lack the run's file.

Workers of a server write it; beside a SQLite store output lies in files alone, and this is empty.
"""

from collections.abc import Iterator, Sequence

from queuectl_store.database import Database
from queuectl_store.output_reader import OutputOf, OutputReader, Piece, names_of
from queuectl_store.sql.plain import output as sql
from queuectl_store.sql.plain import read as read_sql
from queuectl_store.sql.statement import Connection

_STEP = 200


class Outputs(OutputReader):
    """See the module. Every method is one transaction."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database

    def add(self, pieces: Sequence[Piece]) -> None:
        """Store *pieces*; one that is there already, or whose job is gone, is left out."""
        if not pieces:
            return
        times = self._database.engine.times

        def work(connection: Connection) -> None:
            now = dict(times())
            rows = [
                {**names_of(piece.of), "from_byte": piece.start, "piece": piece.body, **now}
                for piece in pieces
            ]
            sql.ADD.run(connection, rows)

        self._database.write(work, repeatable=True)

    def cut(self, of: OutputOf, start: int, end: int) -> None:
        """Delete the pieces that begin between two bytes."""
        values = {**names_of(of), "from_byte": start, "to_byte": end}
        self._database.write(lambda c: sql.CUT.run(c, values), repeatable=True)

    def prune(self, *, older_than_ms: int) -> Iterator[int]:
        """Delete what was written longer ago, step by step; each step's number of pieces."""

        def step(connection: Connection) -> int:
            now = read_sql.NOW.run(connection, dict(self._database.engine.times()))
            before = now.scalar_one() - older_than_ms
            return int(sql.PRUNE.run(connection, {"before": before, "at_most": _STEP}).rowcount)

        while gone := self._database.write(step):
            yield gone
