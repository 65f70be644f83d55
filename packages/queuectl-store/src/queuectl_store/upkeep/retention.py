"""Retention: deletes what has ended long enough ago, in small steps, if nothing needs it.

What is still needed stays: the parent of a child that has not ended, the member of a group that
is not finished, the latest job of a schedule, a job whose unique key is still taken.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Self

import sqlalchemy as sa

from queuectl_store.database import Database
from queuectl_store.settings import SETTINGS
from queuectl_store.sql import feed as feed_sql
from queuectl_store.sql import prune as sql
from queuectl_store.sql import read as read_sql
from queuectl_store.states import FINAL, JobState

STEP = 200  # jobs, or events: some milliseconds of the write lock
_LATEST = 2**62
_EVERYTHING = (JobState.SUCCEEDED, JobState.CANCELLED, JobState.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long ended jobs are kept, in milliseconds, and how many of a state; None is forever."""

    ages: Mapping[JobState, int | None]
    jobs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is kept.

    Attributes:
        queues: The rules of those queues that have their own.
        states, only_queues: Prune only jobs of these; all, if None.
        events_ms: How far the event log goes back; None is for ever.
    """

    default: Kept
    queues: Mapping[str, Kept] = field(default_factory=dict)
    states: Sequence[JobState] = _EVERYTHING
    only_queues: frozenset[str] | None = None
    events_ms: int | None = None

    def of(self, queue: str) -> Kept:
        """Return what is kept of *queue*."""
        return self.queues.get(queue, self.default)

    @property
    def is_whole(self) -> bool:
        """They are about everything, not about some jobs."""
        return self.only_queues is None and set(self.states) == FINAL


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


def read_rules(texts: Mapping[str, str], queues: Mapping[str, Mapping[str, str]]) -> Rules:
    """Make rules of the settings' texts, and of those that queues have of their own.

    Raises:
        InvalidSetting: One is not of its kind.
    """
    own = {
        name: _keep({**texts, **mine})
        for name, mine in queues.items()
        if any(key in mine for key in _JOB_SETTINGS)
    }
    return Rules(default=_keep(texts), queues=own, events_ms=_value(texts, "keep_events"))


def queue_settings(database: Database) -> dict[str, dict[str, str]]:
    """Return the settings that queues have of their own."""
    with database.read() as connection:
        rows = connection.execute(sql.QUEUE_SETTINGS).all()
    return {row.name: json.loads(row.settings) for row in rows}


def prune(database: Database, rules: Rules) -> Iterator[Freed]:
    """Delete step by step; each step is one transaction and is over when it is yielded."""
    with database.read() as connection:
        queues = list(connection.execute(sql.ENDED_QUEUES).scalars())
    for queue, state in _places(queues, rules):
        yield from _prune_jobs(database, queue, state, rules.of(queue))
    if not rules.is_whole:
        return
    if rules.events_ms is not None:
        yield from _repeat(lambda: _prune_events(database, rules.events_ms or 0))
        yield _prune_workers(database, rules.events_ms)
    yield from _prune_environments(database)


def prunable(database: Database, rules: Rules) -> Freed:
    """Count what `prune` would delete now."""
    freed = Freed()
    with database.read() as connection:
        now = _now(database, connection)
        queues = list(connection.execute(sql.ENDED_QUEUES).scalars())
        for queue, state in _places(queues, rules):
            end = _end(connection, queue, state, rules.of(queue), now)
            if end is not None:
                row = connection.execute(sql.COUNT[state], _between(queue, (0, 0), end, now)).one()
                freed += Freed(**{name: int(getattr(row, name)) for name in row._fields})
        if rules.is_whole and rules.events_ms is not None:
            before = {"before": now - rules.events_ms}
            freed += Freed(events=connection.execute(sql.COUNT_OLD_EVENTS, before).scalar_one())
    return freed


Place = tuple[int, int]  # finished_at and id


def _places(queues: Iterable[str], rules: Rules) -> Iterator[tuple[str, JobState]]:
    for queue in queues:
        if rules.only_queues is None or queue in rules.only_queues:
            yield from ((queue, state) for state in rules.states)


def _prune_jobs(database: Database, queue: str, state: JobState, keep: Kept) -> Iterator[Freed]:
    with database.read() as connection:
        now = _now(database, connection)
        end = _end(connection, queue, state, keep, now)
    start: Place | None = (0, 0)
    while end is not None and start is not None:
        values = _between(queue, start, end, now)
        freed, start = database.write(lambda c, v=values: _prune_some(c, state, v))  # type: ignore[misc]
        yield freed


def _prune_some(
    connection: sa.Connection, state: JobState, values: dict[str, Any]
) -> tuple[Freed, Place | None]:
    """Delete what may go of the next jobs; return how much, and where to go on, if anywhere."""
    rows = connection.execute(sql.ENDED[state], {**values, "at_most": STEP}).all()
    freed = delete_jobs(connection, [row.id for row in rows], now=values["now"])
    last = (rows[-1].finished_at, rows[-1].id) if len(rows) == STEP else None
    return freed, last


def delete_jobs(connection: sa.Connection, ids: Sequence[int], *, now: int) -> Freed:
    """Delete those of *ids* that have ended and that nothing needs, with all that is theirs.

    The caller has locked them.
    """
    if not ids:
        return Freed()
    values = {"doomed": _rows(ids), "now": now}
    gone = list(connection.execute(sql.DELETE_JOBS, values).scalars())
    if not gone:
        return Freed()
    values = {"doomed": _rows(gone)}
    attempts = connection.execute(sql.DELETE_ATTEMPTS, values).rowcount
    connection.execute(sql.DELETE_EDGES, values)
    events = _note_pruned(connection, connection.execute(sql.DELETE_EVENTS, values).all())
    return Freed(jobs=len(gone), attempts=attempts, events=events)


def _prune_events(database: Database, keep_ms: int) -> Freed:
    def work(connection: sa.Connection) -> Freed:
        connection.execute(feed_sql.ADOPT)
        before = _now(database, connection) - keep_ms
        values = {"before": before, "at_most": 5 * STEP}
        gone = connection.execute(sql.DELETE_OLD_EVENTS, values).all()
        return Freed(events=_note_pruned(connection, gone))

    return database.write(work)


def _note_pruned(connection: sa.Connection, gone: Sequence[sa.Row[*tuple[Any, ...]]]) -> int:
    """Remember how far the feed was pruned, so that a reader from before is told."""
    if gone:
        tx, event_id = max((row.tx, row.id) for row in gone)
        values = {"to_tx": tx, "to_id": event_id}
        known = connection.execute(feed_sql.PRUNED).first()
        if known is None:
            values = {"name": feed_sql.EVENTS_PRUNED, "tx": tx, "id": event_id}
            connection.execute(feed_sql.ADD_PRUNED, values)
        else:
            connection.execute(feed_sql.NOTE_PRUNED, values)
    return len(gone)


def _prune_workers(database: Database, keep_ms: int) -> Freed:
    def work(connection: sa.Connection) -> Freed:
        before = {"before": _now(database, connection) - keep_ms}
        workers = connection.execute(sql.DELETE_WORKERS, before).all()
        groups = connection.execute(sql.DELETE_GROUPS, before).all()
        return Freed(workers=len(workers), groups=len(groups))

    return database.write(work)


def _prune_environments(database: Database) -> Iterator[Freed]:
    def work(connection: sa.Connection, start: int) -> tuple[Freed, int]:
        values = {"from_id": start, "at_most": STEP}
        ids = list(connection.execute(sql.UNUSED_ENVIRONMENTS, values).scalars())
        gone = connection.execute(sql.DELETE_ENVIRONMENTS, {"doomed": _rows(ids)}).all()
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


def _end(
    connection: sa.Connection, queue: str, state: JobState, keep: Kept, now: int
) -> Place | None:
    """Return the newest job of the queue and state that is not kept; None if all are."""
    age, ends = keep.ages[state], []
    if age is not None:
        ends.append((now - age, _LATEST))
    if keep.jobs is not None:
        row = connection.execute(sql.NTH[state], {"of_queue": queue, "kept": keep.jobs}).first()
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


def _now(database: Database, connection: sa.Connection) -> int:
    return int(connection.execute(read_sql.NOW, dict(database.engine.times())).scalar_one())


def _rows(ids: Iterable[int]) -> str:
    return json.dumps([{"id": each} for each in ids])


_JOB_SETTINGS = ("keep_succeeded", "keep_cancelled", "keep_dead", "keep_jobs")


def _keep(texts: Mapping[str, str]) -> Kept:
    ages = {state: _value(texts, f"keep_{state}") for state in _EVERYTHING}
    return Kept(ages=MappingProxyType(ages), jobs=_value(texts, "keep_jobs"))


def _value(texts: Mapping[str, str], name: str) -> int | None:
    value: int | None = SETTINGS[name].parse(texts.get(name, SETTINGS[name].default))
    return value
