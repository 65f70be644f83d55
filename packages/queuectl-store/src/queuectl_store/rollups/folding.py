"""Folding tallies into rollups: of the store, each queue, each task, each schedule.

Any process may do it, one at a time, in small transactions; whoever reads adds what is not folded
yet, so that it matters to nobody when it is done.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from queuectl_store.rollups.counts import Sums, add
from queuectl_store.rollups.facts import Fact
from queuectl_store.rollups.sheets import Sheet, sheets
from queuectl_store.sql.plain import rollups as sql
from queuectl_store.sql.spans import EVER, HOUR, MINUTE
from queuectl_store.sql.statement import Connection
from queuectl_store.values import dataclass

# A transaction of some 20 milliseconds at most: nobody else writes meanwhile on SQLite.
ROWS = 500
# So many queues and tasks have time series of their own; the others share one.
NAMES_KEPT = 200
OTHER = "other"

KEPT_MS = {MINUTE: 48 * HOUR, HOUR: 90 * 24 * HOUR}


class Place(NamedTuple):
    """Which rollup: of what, and of which stretch of time."""

    span: int
    scope: str
    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Names:
    """The queues and tasks that have rollups of their own."""

    queues: frozenset[str]
    tasks: frozenset[str]


def fold(connection: Connection, *, before_at: int) -> int:
    """Fold up to `ROWS` tallies of minutes that began before *before_at*; return how many.

    None while another process folds; those that a transaction is adding to stay.
    """
    if not sql.TRY_FOLD.run(connection).scalar_one():
        return 0
    values = {"before_at": before_at, "at_most": ROWS}
    rows = sql.TAKE.run(connection, values).all()
    if rows:
        _save(connection, _sums(rows, _names(connection, rows)))
    return len(rows)


def forget(connection: Connection, *, now: int) -> int:
    """Delete the rollups of minutes and hours that are no longer kept."""
    return sum(
        sql.FORGET.run(connection, {"of_span": span, "before_at": now - kept}).rowcount
        for span, kept in KEPT_MS.items()
    )


def _sums(rows: Iterable[Sequence[Any]], names: Names) -> dict[Place, Sums]:
    found: dict[Place, Sums] = {}
    for sheet in sheets((at, *rest) for at, _writer, *rest in rows):
        for place in _places(sheet, names):
            # In the order of time: the first of a name is its earliest.
            since = {"since": sheet.at} if place.span == EVER else {}
            add(found.setdefault(place, since), sheet.sums)
    return found


def _places(sheet: Sheet, names: Names) -> Iterator[Place]:
    spans = [(EVER, 0), (MINUTE, sheet.at), (HOUR, sheet.at - sheet.at % HOUR)]
    if sheet.apart == Fact.RECOUNTED:
        # No job came or went: it was there, or was not, all the time.
        spans = spans[:1]
    for span, at in spans:
        for scope, name in sheet.subjects():
            kept = {"queue": names.queues, "task": names.tasks}.get(scope)
            # How many jobs a queue holds is known of every one.
            is_own = kept is None or name in kept or (scope == "queue" and span == EVER)
            yield Place(span, scope, name if is_own else OTHER, at)


def _names(connection: Connection, rows: Sequence[Any]) -> Names:
    known = sql.NAMES.run(connection).all()
    queues = [row.name for row in known if row.scope == "queue"]
    tasks = [row.name for row in known if row.scope == "task"]
    if len(queues) > NAMES_KEPT:
        # Those that came first: a series must not change its meaning as others come and go.
        since = {
            row.name: json.loads(row.counts).get("since", 0)
            for row in known
            if row.scope == "queue"
        }
        queues = sorted(queues, key=lambda name: (since[name], name))
    return Names(
        queues=_first(queues, {row.queue for row in rows if row.queue}),
        tasks=_first(tasks, {row.task for row in rows if row.queue}),
    )


def _first(known: Sequence[str], new: Iterable[str]) -> frozenset[str]:
    names = dict.fromkeys([*(name for name in known if name != OTHER), *sorted(new)])
    return frozenset(list(names)[:NAMES_KEPT])


def _save(connection: Connection, found: dict[Place, Sums]) -> None:
    known = {
        Place(row.span, row.scope, row.name, row.at): json.loads(row.counts)
        for row in sql.ROLLED.run(connection, {"rolled": _rows(found)})
    }
    for place, sums in known.items():
        more = {name: value for name, value in found[place].items() if name != "since"}
        add(sums, more)
        found[place] = sums
    sql.SAVE.run(connection, {"rolled": _rows(found)})


def _rows(found: dict[Place, Sums]) -> str:
    encode = json.JSONEncoder(separators=(",", ":")).encode
    return encode([{**place._asdict(), "counts": encode(sums)} for place, sums in found.items()])
