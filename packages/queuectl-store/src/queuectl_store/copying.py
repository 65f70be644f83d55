"""Copies a whole store into an empty one, of either kind: all of it, or nothing.

One transaction on each side: the source is read in one state, and the target has everything or
stays empty. Rows stream through, a thousand at a time.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.errors import CopyRefused, StoreDamaged
from queuectl_store.sql import read, side_tables
from queuectl_store.sql import tables as job_tables
from queuectl_store.sql.metadata import metadata
from queuectl_store.sql.places import LastId

ROWS = 1_000

OnProgress = Callable[[str, int], None]
Row = dict[str, Any]

# Imported for what they register.
assert metadata is job_tables.jobs.metadata is side_tables.queues.metadata
TABLES = tuple(sorted(metadata.tables.values(), key=lambda table: table.name))
NUMBERED = tuple(table for table in TABLES if "id" in table.c and table.c.id.identity is not None)


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows there are and a sum over their contents, whatever their order."""

    rows: int = 0
    total: int = 0

    def of(self, row: Row) -> "Digest":
        """Return the digest with one row more."""
        text = json.dumps(sorted(row.items()))
        number = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest())
        return Digest(self.rows + 1, (self.total + number) % 2**128)


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
    written = Digest()
    for rows in _rows(table, reading):
        for row in rows:
            row.update(_changed(table.name, row))
            written = written.of(row)
        writing.execute(sa.insert(table), rows)
        on_progress(table.name, written.rows)
    found = Digest()
    for rows in _rows(table, writing):
        for row in rows:
            found = found.of(row)
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
        for part in result.mappings().partitions():
            yield [dict(row) for row in part]


def _changed(table: str, row: Mapping[str, Any]) -> Row:
    """Return what means something else in another database."""
    if table in (job_tables.events.name, side_tables.pruned.name):
        return {"tx": 0}  # the number of a transaction of the source's server
    if table == job_tables.workers.name and row["state"] in ("running", "stopping"):
        return {"state": "gone"}  # its lease is on a clock that the target does not have
    return {}


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
