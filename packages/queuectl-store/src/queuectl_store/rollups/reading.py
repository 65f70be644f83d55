"""Rollups and tallies read as one, inside a transaction."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from queuectl_store.rollups.counts import Counts, Sums, add
from queuectl_store.rollups.sheets import sheets
from queuectl_store.sql.plain import rollups as sql
from queuectl_store.sql.spans import EVER, HOUR, MINUTE
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState
from queuectl_store.values import dataclass

Depths = dict[str, dict[JobState, int]]
_Merged = dict[tuple[str, str, int], Sums]


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """What was counted of one queue, task or schedule, or of the whole store.

    Attributes:
        since: UTC milliseconds of the minute in which counting began.
    """

    counts: Counts
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All that was counted since counting began.

    Attributes:
        tasks: By name, commands under the blank one; beyond 200 names under `other`.
        schedules: Those that ever missed a slot.
    """

    store: Total | None
    queues: Mapping[str, Total]
    tasks: Mapping[str, Total]
    schedules: Mapping[str, Total]


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was counted of *name* in the minute or hour that began at *at*, UTC milliseconds."""

    name: str
    at: int
    counts: Counts


def totals(connection: Connection) -> Totals:
    """Return all that was counted, up to this moment."""
    return _totals(_merged(sql.TOTALS.run(connection).all(), span=EVER))


def scraped(connection: Connection) -> tuple[Totals, Depths]:
    """Return what was counted, but for tasks, and the depths, both of one moment."""
    rows = sql.SCRAPE.run(connection).all()
    is_uncounted = any(row[0] == "uncounted" for row in rows)
    sums = _merged(rows, span=EVER, tasks=False)
    return _totals(sums), full_count(connection) if is_uncounted else _depths(sums)


def depths(connection: Connection) -> Depths:
    """Return how many jobs each queue has in each state; states without jobs are left out.

    As long as a store of before has not been counted, it is counted here.
    """
    rows = sql.DEPTHS.run(connection).all()
    if any(row[0] == "uncounted" for row in rows):
        return full_count(connection)
    return _depths(_merged(rows, span=EVER, tasks=False))


def counted_depths(connection: Connection) -> Depths:
    """Return the same as it was counted; of a store of before, what came and went since."""
    return _depths(_merged(sql.DEPTHS.run(connection).all(), span=EVER, tasks=False))


def _totals(sums: _Merged) -> Totals:
    scopes: defaultdict[str, dict[str, Total]] = defaultdict(dict)
    for (scope, name, _at), each in sums.items():
        scopes[scope][name] = Total(counts=Counts.of(each), since=each.get("since", 0))
    return Totals(
        store=scopes["store"].get(""),
        queues=scopes["queue"],
        tasks=scopes["task"],
        schedules=scopes["schedule"],
    )


def _depths(sums: _Merged) -> Depths:
    found: Depths = {}
    for (scope, name, _at), each in sorted(sums.items()):
        states = {JobState(state): n for state, n in each.get("net", {}).items() if n}
        if scope == "queue" and states:
            found[name] = states
    return found


def full_count(connection: Connection) -> Depths:
    """Count the jobs themselves."""
    found: Depths = {}
    for row in sql.FULL_COUNT.run(connection):
        found.setdefault(row.queue, {})[JobState(row.state)] = row.n
    return found


def window(
    connection: Connection, *, span: int, scope: str, since: int, name: str | None = None
) -> list[Stretch]:
    """Return the stretches of *span* that began at *since* or later, oldest first.

    Args:
        span: `MINUTE` or `HOUR`; a stretch in which nothing happened is left out.
        scope: `store`, `queue` or `task`.
        name: Of one of them; None is all.
    """
    values = {"of_span": span, "of_scope": scope, "since": since}
    if name is None:
        rows = sql.WINDOW.run(connection, values)
    else:
        rows = sql.WINDOW_OF.run(connection, {**values, "of_name": name})
    found = [
        Stretch(of, at, Counts.of(sums))
        for (which, of, at), sums in _merged(rows, span=span).items()
        if which == scope and at >= since and name in (None, of)
    ]
    return sorted(found, key=lambda each: (each.at, each.name))


def since(connection: Connection, *, scope: str, at: int) -> dict[str, Counts]:
    """Return by name what was counted in the minute of *at* and later, within 48 hours."""
    at -= at % MINUTE
    values = {"of_scope": scope, "since": at, "edge": at + -at % HOUR}
    found: defaultdict[str, Sums] = defaultdict(dict)
    rows = sql.SINCE.run(connection, values).all()
    for (which, name, when), sums in _merged(rows, span=MINUTE).items():
        if which == scope and when >= at:
            add(found[name], sums)
    return {name: Counts.of(sums) for name, sums in found.items()}


def _merged(rows: Iterable[Sequence[Any]], *, span: int, tasks: bool = True) -> _Merged:
    """Add up rows of rollups and, behind them, of tallies."""
    found: _Merged = {}
    late: list[Sequence[Any]] = []
    for scope, name, counts, at, *tally in rows:
        if counts is None:
            late.append((at, *tally))
        else:
            found[scope, name, at] = json.loads(counts)
    for sheet in sheets(late):
        at = sheet.at - sheet.at % span if span else 0
        for scope, name in sheet.subjects(tasks=tasks):
            sums = found.setdefault((scope, name, at), {})
            add(sums, sheet.sums)
            if span == EVER:
                sums["since"] = min(sums.get("since", sheet.at), sheet.at)
    return found
