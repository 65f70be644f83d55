"""Retention: deletes what has ended long enough ago, in small steps, if nothing needs it.

What is still needed stays: the parent of a child that has not ended, the member of a group that
is not finished, the latest job of a schedule, a job whose unique key is still taken.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any, Self

from queuectl_store.database import Database
from queuectl_store.rollups import tally
from queuectl_store.sql.names import EVENTS_PRUNED
from queuectl_store.sql.plain import feed as feed_sql
from queuectl_store.sql.plain import prune as sql
from queuectl_store.sql.plain import read as read_sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState
from queuectl_store.upkeep import sizing
from queuectl_store.upkeep.rules import Kept, Rules
from queuectl_store.upkeep.sizing import Place
from queuectl_store.values import dataclass

STEP = 200  # jobs, or events: some milliseconds of the write lock
_LATEST = 2**62


@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """How much was deleted, or would be; *log_bytes* is what those jobs had printed."""

    jobs: int = 0
    attempts: int = 0
    events: int = 0
    log_bytes: int = 0
    environments: int = 0
    workers: int = 0
    groups: int = 0

    def __add__(self, other: Self) -> Self:
        names = [each.name for each in fields(self)]
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in names})


def prune(database: Database, rules: Rules) -> Iterator[Freed]:
    """Delete step by step; each step is one transaction and is over when it is yielded.

    A step that only looked yields nothing freed.
    """
    with database.read() as connection:
        places = _places(connection, rules)
    for queue, state in places:
        yield from _prune_jobs(database, queue, state, rules.of(queue))
    if rules.is_whole:
        if rules.events_ms is not None:
            yield from _repeat(lambda: _prune_events(database, rules.events_ms or 0))
            yield _prune_workers(database, rules.events_ms)
        yield from _prune_environments(database)
    # Last, since the measuring takes long where much is kept.
    for queue, state in places:
        yield from _prune_beyond(database, queue, state, rules.of(queue).size)


def prunable(database: Database, rules: Rules) -> Freed:
    """Count what `prune` would delete now."""
    freed = Freed()
    with database.read() as connection:
        now = _now(database, connection)
        places = _places(connection, rules)
    for queue, state in places:
        keep = rules.of(queue)
        ends = [] if keep.size is None else [*sizing.beyond(database, queue, state, keep.size)]
        with database.read() as connection:
            ends.append(_end(connection, queue, state, keep, now))
            freed += _count(connection, queue, state, [each for each in ends if each], now)
    if rules.is_whole and rules.events_ms is not None:
        before = {"before": now - rules.events_ms}
        with database.read() as connection:
            freed += Freed(events=sql.COUNT_OLD_EVENTS.run(connection, before).scalar_one())
    return freed


def _count(
    connection: Connection, queue: str, state: JobState, ends: Sequence[Place], now: int
) -> Freed:
    if not ends:
        return Freed()
    row = sql.COUNT[state].run(connection, _between(queue, (0, 0), max(ends), now)).one()
    return Freed(**{name: int(getattr(row, name)) for name in row._fields})


def _places(connection: Connection, rules: Rules) -> list[tuple[str, JobState]]:
    found = [
        (queue, state)
        for state in rules.states
        for queue in sql.ENDED_QUEUES[state].run(connection).scalars()
        if rules.only_queues is None or queue in rules.only_queues
    ]
    # What is to go of one queue goes together.
    return sorted(found, key=lambda place: place[0])


def _prune_jobs(database: Database, queue: str, state: JobState, keep: Kept) -> Iterator[Freed]:
    with database.read() as connection:
        now = _now(database, connection)
        end = _end(connection, queue, state, keep, now)
    yield from _prune_until(database, queue, state, end, now)


def _prune_beyond(
    database: Database, queue: str, state: JobState, most: int | None
) -> Iterator[Freed]:
    """Delete what does not fit into *most* bytes any more."""
    if most is None:
        return
    end: Place | None = None
    for place in sizing.beyond(database, queue, state, most):
        end = place
        yield Freed()
    with database.read() as connection:
        now = _now(database, connection)
    yield from _prune_until(database, queue, state, end, now)


def _prune_until(
    database: Database, queue: str, state: JobState, end: Place | None, now: int
) -> Iterator[Freed]:
    start: Place | None = (0, 0)
    while end is not None and start is not None:
        values = _between(queue, start, end, now)
        freed, start = database.write(lambda c, v=values: _prune_some(c, state, v))  # type: ignore[misc]
        yield freed


def _prune_some(
    connection: Connection, state: JobState, values: dict[str, Any]
) -> tuple[Freed, Place | None]:
    """Delete what may go of the next jobs; return how much, and where to go on, if anywhere."""
    rows = sql.ENDED[state].run(connection, {**values, "at_most": STEP}).all()
    freed = delete_jobs(connection, [row.id for row in rows], now=values["now"])
    last = (rows[-1].finished_at, rows[-1].id) if len(rows) == STEP else None
    return freed, last


def delete_jobs(connection: Connection, ids: Sequence[int], *, now: int) -> Freed:
    """Delete those of *ids* that have ended and that nothing needs, with all that is theirs.

    The caller has locked them.
    """
    if not ids:
        return Freed()
    values = {"doomed": _rows(ids), "now": now}
    gone = sql.DELETE_JOBS.run(connection, values).all()
    if not gone:
        return Freed()
    tally.deleted(gone).write(connection, {"now": now})
    values = {"doomed": _rows(row.id for row in gone)}
    attempts = sql.DELETE_ATTEMPTS.run(connection, values).rowcount
    sql.DELETE_EDGES.run(connection, values)
    sql.DELETE_OUTPUT.run(connection, values)
    events = _note_pruned(connection, sql.DELETE_EVENTS.run(connection, values).all())
    return Freed(jobs=len(gone), attempts=attempts, events=events)


def _prune_events(database: Database, keep_ms: int) -> Freed:
    def work(connection: Connection) -> Freed:
        feed_sql.ADOPT.run(connection)
        before = _now(database, connection) - keep_ms
        values = {"before": before, "at_most": 5 * STEP}
        gone = sql.DELETE_OLD_EVENTS.run(connection, values).all()
        return Freed(events=_note_pruned(connection, gone))

    return database.write(work)


def _note_pruned(connection: Connection, gone: Sequence[Any]) -> int:
    """Remember how far the feed was pruned, so that a reader from before is told."""
    if gone:
        tx, event_id = max((row.tx, row.id) for row in gone)
        values = {"to_tx": tx, "to_id": event_id}
        known = feed_sql.PRUNED.run(connection).first()
        if known is None:
            values = {"name": EVENTS_PRUNED, "tx": tx, "id": event_id}
            feed_sql.ADD_PRUNED.run(connection, values)
        else:
            feed_sql.NOTE_PRUNED.run(connection, values)
    return len(gone)


def _prune_workers(database: Database, keep_ms: int) -> Freed:
    def work(connection: Connection) -> Freed:
        before = {"before": _now(database, connection) - keep_ms}
        workers = sql.DELETE_WORKERS.run(connection, before).all()
        groups = sql.DELETE_GROUPS.run(connection, before).all()
        return Freed(workers=len(workers), groups=len(groups))

    return database.write(work)


def _prune_environments(database: Database) -> Iterator[Freed]:
    def work(connection: Connection, start: int) -> tuple[Freed, int]:
        values = {"from_id": start, "at_most": STEP}
        ids = list(sql.UNUSED_ENVIRONMENTS.run(connection, values).scalars())
        gone = sql.DELETE_ENVIRONMENTS.run(connection, {"doomed": _rows(ids)}).all()
        return Freed(environments=len(gone)), ids[-1] if len(ids) == STEP else 0

    last = 0
    while True:
        freed, last = database.write(lambda c, start=last: work(c, start))  # type: ignore[misc]
        yield freed
        if not last:
            return


def _repeat(step: Callable[[], Freed]) -> Iterator[Freed]:
    while (freed := step()) != Freed():
        yield freed


def _end(connection: Connection, queue: str, state: JobState, keep: Kept, now: int) -> Place | None:
    """Return the newest job of the queue and state that is not kept; None if all are."""
    age, ends = keep.ages[state], []
    if age is not None:
        ends.append((now - age, _LATEST))
    if keep.jobs is not None:
        row = sql.NTH[state].run(connection, {"of_queue": queue, "kept": keep.jobs}).first()
        ends += [] if row is None else [(row.finished_at, row.id)]
    return max(ends, default=None)


def _between(queue: str, start: Place, end: Place, now: int) -> dict[str, Any]:
    return {
        "of_queue": queue,
        "from_at": start[0],
        "from_id": start[1],
        "to_at": end[0],
        "to_id": end[1],
        "now": now,
    }


def _now(database: Database, connection: Connection) -> int:
    return int(read_sql.NOW.run(connection, dict(database.engine.times())).scalar_one())


def _rows(ids: Iterable[int]) -> str:
    return json.dumps([{"id": each} for each in ids])
