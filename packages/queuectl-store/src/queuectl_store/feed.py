"""The one feed of everything that happened: gap-free, resumable, from a cursor on.

Ids alone will not do on PostgreSQL: a transaction that commits late makes visible ids below
those that a reader has already passed. There the order is (tx, id), and only events of
transactions below the oldest open one are given: none can come in before them any more. Any
transaction that is open somewhere on the server holds the feed back, but loses nothing
(docs/decisions/0013).
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple, NewType

from queuectl_store import records
from queuectl_store.errors import InvalidCursor
from queuectl_store.events import Event
from queuectl_store.source import Source
from queuectl_store.sql.plain import feed as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.values import dataclass

Cursor = NewType("Cursor", str)

_SHAPE = re.compile(r"(\d{1,19})\.(\d{1,19})")
_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events in the order of the feed; a job's own are in the order in which they happened.

    Attributes:
        cursor: Where to go on. The one that was given, where there was nothing new.
        cursors: Of each event, where to go on after it.
        is_pruned: Events between the given cursor and these may have been pruned unread.
    """

    events: tuple[Event, ...]
    cursor: Cursor
    cursors: tuple[Cursor, ...]
    is_pruned: bool = False


class Place(NamedTuple):
    """A place in the feed. A cursor is one, as text that means nothing to anybody else."""

    tx: int
    id: int

    def cursor(self) -> Cursor:
        """Return it as text."""
        return Cursor(f"{self.tx}.{self.id}")


START = Place(0, 0)


class Feed:
    """Reads the event log of one store."""

    def __init__(self, database: Source) -> None:
        self._database = database

    def page(self, after: Cursor | None, limit: int) -> Page:
        """Return up to *limit* events after the cursor; None is the oldest that is kept.

        Raises:
            InvalidCursor: It is none, or none of this store.
        """
        place = START if after is None else read_cursor(after)
        values = {"after_tx": place.tx, "after_id": place.id, "at_most": limit}
        with self._database.read() as connection:
            rows = sql.FEED.run(connection, values).all()
            if not rows and place.tx >= sql.HORIZON.run(connection).scalar_one():
                raise _not_ours(after)
            # Read after the events: what was pruned in between is then in both or in neither.
            pruned = _pruned_to(connection)
        is_pruned = after is not None and pruned is not None and place < pruned
        return _page(rows, after=place, is_pruned=is_pruned)

    def newest(self, limit: int) -> Page:
        """Return the last *limit* events, oldest of them first; its cursor goes on after them."""
        values = {"after_tx": START.tx, "after_id": START.id, "at_most": limit}
        with self._database.read() as connection:
            end = Place(*sql.END.run(connection).one())
            rows = sql.NEWEST.run(connection, values).all() if limit else []
        # What came in between the two statements comes after the end.
        seen = [row for row in reversed(rows) if Place(row.tx, row.id) <= end]
        return replace(_page(seen, after=end, is_pruned=False), cursor=end.cursor())


def read_cursor(cursor: str) -> Place:
    """Return the place that *cursor* names.

    Raises:
        InvalidCursor: It is not a cursor.
    """
    found = _SHAPE.fullmatch(cursor)
    if found is None or max(place := Place(int(found[1]), int(found[2]))) > _MOST:
        raise InvalidCursor(
            f"{cursor[:60]!r} is not a cursor; give one that `queuectl events --json` printed"
        )
    return place


def _pruned_to(connection: Connection) -> Place | None:
    row = sql.PRUNED.run(connection).first()
    return None if row is None else Place(row.tx, row.id)


def _page(rows: Sequence[Any], *, after: Place, is_pruned: bool) -> Page:
    cursors = tuple(Place(row.tx, row.id).cursor() for row in rows)
    return Page(
        events=tuple(records.event(row) for row in rows),
        cursor=cursors[-1] if cursors else after.cursor(),
        cursors=cursors,
        is_pruned=is_pruned,
    )


def _not_ours(cursor: Cursor | None) -> InvalidCursor:
    return InvalidCursor(
        f"the cursor {cursor!r} is of another store, or of this one before it was restored;"
        " begin again without a cursor"
    )
