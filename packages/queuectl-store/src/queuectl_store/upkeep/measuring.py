"""Counts and measures a whole store."""

from collections.abc import Mapping
from contextlib import closing

from queuectl_store.database import Database
from queuectl_store.sql.plain import read
from queuectl_store.sql.plain import stats as sql
from queuectl_store.values import dataclass

_DAY_MS = 86_400_000
_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a store holds.

    Attributes:
        rows: By table.
        sizes: Bytes, pages and dead rows, as the database counts them.
        oldest_pending_at: UTC milliseconds at which the longest waiting job was enqueued.
        events_a_day: By the UTC milliseconds at which a day began; the last week.
    """

    at: int
    rows: Mapping[str, int]
    sizes: Mapping[str, int]
    oldest_pending_at: int | None
    events_a_day: Mapping[int, int]


def measure(database: Database) -> Stats:
    """Count and measure; reads every table."""
    engine = database.engine
    try:
        with closing(engine.care.begin_look()) as connection:
            now = read.NOW.run(connection, dict(engine.times())).scalar_one()
            since = {"since": (now // _DAY_MS - _DAYS + 1) * _DAY_MS}
            return Stats(
                at=now,
                rows={row.name: row.n for row in sql.ROWS.run(connection)},
                sizes=engine.care.sizes(connection),
                oldest_pending_at=sql.OLDEST_PENDING.run(connection).scalar_one(),
                events_a_day={row.day: row.n for row in sql.EVENTS_A_DAY.run(connection, since)},
            )
    except engine.errors as error:
        raise engine.translate(error, committing=False) from error
