"""Storing new jobs, inside a transaction that the store has begun."""

import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from queuectl_store import ledger, spec
from queuectl_store.clock import Times
from queuectl_store.enqueue.environments import Environments
from queuectl_store.enqueue.unique import Settlement
from queuectl_store.errors import InvalidJob, QueueDraining
from queuectl_store.fallbacks import Fallbacks
from queuectl_store.graph import dependencies
from queuectl_store.job import JobId, NewJob
from queuectl_store.ledger import Moved
from queuectl_store.limits.queues import QueueState
from queuectl_store.recording import write_moves
from queuectl_store.sql.plain import enqueue as sql
from queuectl_store.sql.plain import hot, limits
from queuectl_store.sql.statement import Connection
from queuectl_store.states import Verb
from queuectl_store.values import dataclass

_ROWS_A_STATEMENT = 1_000


class Wanted(NamedTuple):
    """A job that can be stored, its spec, and the key that a repeated enqueue brings again."""

    key: str
    new: NewJob
    spec: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The ids of all that were wanted, in order, and which of them were not there before.

    Attributes:
        places: Those of the jobs that were stored themselves: others are stood for by another.
        replaced: The rows of waiting jobs that were cancelled for new ones.
    """

    ids: list[JobId]
    added: frozenset[JobId]
    places: frozenset[int]
    replaced: Sequence[Any]


def new_stem() -> str:
    """Return the beginning of keys that nobody else has: 72 random bits."""
    return urlsafe_b64encode(os.urandom(9)).decode()


def prepare(jobs: Sequence[NewJob], *, stem: str | None = None) -> list[Wanted]:
    """Check *jobs* and give each without a key one of its own, which begins with *stem*.

    Raises:
        InvalidJob: One cannot be stored; `index` says which.
    """
    stem = stem or new_stem()
    return [Wanted(new.key or f"{stem}.{n}", new, checked(new, n)) for n, new in enumerate(jobs)]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What new jobs draw on: the environments that are stored, and what stands in for silence."""

    environments: Environments
    fallbacks: Fallbacks


def enqueue(
    connection: Connection,
    times: Times,
    around: Surroundings,
    wanted: Sequence[Wanted],
    columns: Mapping[str, dict[str, Any]],
) -> Stored:
    """Store those whose key is not there yet; *columns* are what else is written of a key.

    Raises:
        DuplicateJob: One's unique key is taken; `index` says whose.
        QueueDraining: The queue of one takes no new jobs; nothing may be stored.
    """
    settlement = Settlement(connection, times, wanted)
    store = partial(_store, connection, times, around, columns=columns)
    ids: dict[str, JobId] = {}
    added: dict[str, JobId] = {}
    left: Sequence[Wanted] = wanted
    while left:
        kept, twins = settlement.without_twins(left)
        settlement.prepare(kept)
        known: set[str] = set()
        for part in parts(kept):
            known |= _add(connection, store, settlement, part, ids, added)
        # Where an earlier call had stored a row, its slot was free for the twin.
        again = {key for key, row in twins.items() if row.key in known and key not in ids}
        ids.update({key: ids[row.key] for key, row in twins.items() if key not in again})
        left = [each for each in left if each.key in again]
    write_moves(connection, times, settlement.conclude(ids, wanted))
    return Stored(
        ids=[ids[each.key] for each in wanted],
        added=frozenset(added.values()),
        places=_places(wanted, added),
        replaced=settlement.replaced,
    )


def _places(wanted: Sequence[Wanted], added: Mapping[str, JobId]) -> frozenset[int]:
    first: dict[str, int] = {}
    for n, each in enumerate(wanted):
        first.setdefault(each.key, n)
    return frozenset(n for key, n in first.items() if key in added)


def _add(
    connection: Connection,
    store: Callable[[Sequence[Wanted]], dict[str, JobId]],
    settlement: Settlement,
    part: Sequence[Wanted],
    ids: dict[str, JobId],
    added: dict[str, JobId],
) -> set[str]:
    """Put the id of each of *part* into *ids*; return the keys that an earlier call had stored."""
    known: set[str] = set()
    while part:
        new = store(part)
        ids.update(new)
        added.update(new)
        if missing := [each.key for each in part if each.key not in ids]:
            keys = json.dumps([{"key": key} for key in missing])
            found = hot.JOBS_BY_KEY.run(connection, {"keys": keys})
            ids.update((row.key, row.id) for row in found)
            known.update(key for key in missing if key in ids)
        # The index let the rest not in; where the one in their way is gone by now, they try again.
        if part := [each for each in part if each.key not in ids]:
            ids.update(settlement.settle(part))
            part = [each for each in part if each.key not in ids]
            _refuse_draining(connection, part)
    return known


def _refuse_draining(connection: Connection, part: Sequence[Wanted]) -> None:
    for name in dict.fromkeys(each.new.queue for each in part):
        queue = limits.QUEUE.run(connection, {"of": name}).first()
        if queue is not None and queue.state == QueueState.DRAINING:
            raise QueueDraining(name)


def _store(
    connection: Connection,
    times: Times,
    around: Surroundings,
    part: Sequence[Wanted],
    columns: Mapping[str, dict[str, Any]],
) -> dict[str, JobId]:
    full = [
        (each.key, each.new, each.spec, around.environments.id_of(connection, each.new.environment))
        for each in part
    ]
    new_jobs = {"new_jobs": ledger.new_jobs(full, around.fallbacks, columns), **times}
    added = sorted(sql.ENQUEUE.run(connection, new_jobs), key=lambda row: row.id)
    moved = [Moved(r.id, Verb.ENQUEUE, r.state, 0, r.queue, r.task, None) for r in added]
    write_moves(connection, times, moved)
    return {row.key: row.id for row in added}


def checked(new: NewJob, n: int) -> str:
    """Return the spec of *new*, the job at place *n*, if it can be stored.

    Raises:
        InvalidJob: It cannot.
    """
    try:
        text = spec.encode(new)
        spec.check(new, text)
        dependencies.check(new)
    except InvalidJob as error:
        error.index = n
        raise
    return text


def parts(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    """Return *wanted* in parts of which a statement takes one."""
    return (wanted[i : i + _ROWS_A_STATEMENT] for i in range(0, len(wanted), _ROWS_A_STATEMENT))
