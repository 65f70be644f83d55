"""Copies a whole store into an empty one, of either kind: all of it, or nothing.

One transaction on each side: the source is read in one state, and the target has everything or
stays empty. Rows stream through, a thousand at a time.
"""

import marshal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import blake2b
from typing import Any

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.errors import CopyRefused, StoreDamaged
from queuectl_store.sql import read, side_tables, tables
from queuectl_store.sql.all_tables import TABLES
from queuectl_store.sql.places import LastId
from queuectl_store.values import dataclass

ROWS = 1_000

OnProgress = Callable[[str, int], None]
Row = tuple[Any, ...]

NUMBERED = tuple(table for table in TABLES if "id" in table.c and table.c.id.identity is not None)


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows there are and a sum over their contents, whatever their order."""

    rows: int = 0
    total: int = 0

    def of(self, rows: Sequence[Row]) -> "Digest":
        """Return the digest with *rows* more."""
        total = self.total
        for row in rows:
            # Format 2 knows no references: equal rows are equal bytes.
            total += int.from_bytes(blake2b(marshal.dumps(row, 2), digest_size=16).digest())
        return Digest(self.rows + len(rows), total % 2**128)


def copy(
    source: Database, target: Database, *, is_live: bool, on_progress: OnProgress
) -> dict[str, int]:
    """Copy everything from *source* to *target*; return the number of rows of each table.

    Args:
        is_live: Also while workers run; what they do from now on is not in the copy.

    Raises:
        CopyRefused: The target is not empty, or workers of the source are alive.
        StoreDamaged: What was written reads differently; the target stays empty.
    """
    with _transaction(source, source.engine.care.begin_read) as reading:
        if not is_live:
            _refuse_workers(source, reading)
        with _transaction(target, target.engine.care.begin_write) as writing:
            _refuse_rows(target, writing)
            counts = {
                table.name: _copy_table(table, reading, writing, target.engine.url, on_progress)
                for table in TABLES
            }
            for table in NUMBERED:
                target.engine.care.set_last_id(writing, table.name, _last_id(reading, table))
            writing.commit()
    return counts


def _copy_table(
    table: sa.Table,
    reading: sa.Connection,
    writing: sa.Connection,
    url: str,
    on_progress: OnProgress,
) -> int:
    written, insert = Digest(), _insert(table, writing)
    for rows in _rows(table, reading):
        changed = _changed(table, rows)
        written = written.of(changed)
        insert(changed)
        on_progress(table.name, written.rows)
    found = Digest()
    for rows in _rows(table, writing):
        found = found.of(rows)
    if found != written:
        raise StoreDamaged(
            f"{url} gives back other rows of {table.name} than were written"
            f" ({found.rows:,} and {written.rows:,}); nothing was kept"
        )
    return written.rows


def _last_id(connection: sa.Connection, table: sa.Table) -> int:
    given = connection.execute(sa.select(LastId(table))).scalar_one()
    return max(int(given), connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0)


def _rows(table: sa.Table, connection: sa.Connection) -> Iterator[list[Row]]:
    statement = sa.select(table).order_by(*table.primary_key)
    with connection.execute(statement.execution_options(yield_per=ROWS)) as result:
        for part in result.partitions():
            yield [tuple(row) for row in part]


def _insert(table: sa.Table, connection: sa.Connection) -> Callable[[list[Row]], None]:
    # Once compiled, the rows go to the driver as they are: that halves the time of a copy.
    compiled = sa.insert(table).compile(dialect=connection.dialect)
    text, names = str(compiled), list(table.columns.keys())

    def insert(rows: list[Row]) -> None:
        if compiled.positional:
            connection.exec_driver_sql(text, rows)
        else:
            connection.exec_driver_sql(text, [dict(zip(names, row, strict=True)) for row in rows])

    return insert


def _changed(table: sa.Table, rows: list[Row]) -> list[Row]:
    """Replace what means something else in another database."""
    if table in (tables.events, side_tables.pruned, side_tables.hooks):
        # The number of a transaction of the source's server.
        at = table.columns.keys().index("tx")
        return [_with(row, at, 0) for row in rows]
    if table is tables.workers:
        # A lease is on a clock that the target does not have.
        at = table.columns.keys().index("state")
        alive = ("running", "stopping")
        return [_with(row, at, "gone") if row[at] in alive else row for row in rows]
    return rows


def _with(row: Row, at: int, value: object) -> Row:
    return (*row[:at], value, *row[at + 1 :])


def _refuse_workers(source: Database, connection: sa.Connection) -> None:
    alive = connection.execute(read.LIVE_WORKERS, dict(source.engine.times())).all()
    if alive:
        raise CopyRefused(
            f"{len(alive)} of the workers of {source.engine.url} still run, and what they do would"
            " not be in the copy; stop them first: `queuectl worker stop`"
        )


def _refuse_rows(target: Database, connection: sa.Connection) -> None:
    for table in TABLES:
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            raise CopyRefused(
                f"{target.engine.url} is not empty: its table {table.name} has rows; copy into a"
                " store that nobody has used"
            )


@contextmanager
def _transaction(database: Database, begin: Callable[[], sa.Connection]) -> Iterator[sa.Connection]:
    try:
        with closing(begin()) as connection:
            yield connection
    except sa.exc.DBAPIError as error:
        raise database.engine.translate(error, committing=False) from error
