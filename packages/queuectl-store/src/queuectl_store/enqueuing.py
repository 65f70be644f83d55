"""Storing new jobs, inside a transaction that the store has begun."""

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from queuectl_store import dependencies, ledger, spec
from queuectl_store.environments import Environments
from queuectl_store.errors import InvalidJob, QueueDraining
from queuectl_store.job import JobId, NewJob
from queuectl_store.ledger import Moved
from queuectl_store.sql import hot
from queuectl_store.states import Verb
from queuectl_store.turn import Times, write_moves

_ROWS_A_STATEMENT = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job that can be stored, its spec, and the key that a repeated enqueue brings again."""

    key: str
    new: NewJob
    spec: str


@dataclass(frozen=True, slots=True)
class Stored:
    """The ids of all that were wanted, in order, and which of them were not there before."""

    ids: list[JobId]
    added: frozenset[JobId]


def prepare(jobs: Sequence[NewJob], *, stem: str | None = None) -> list[Wanted]:
    """Check *jobs* and give each without a key one of its own, which begins with *stem*.

    Raises:
        InvalidJob: One cannot be stored; `index` says which.
    """
    stem = stem or secrets.token_urlsafe(12)
    return [Wanted(new.key or f"{stem}.{n}", new, checked(new, n)) for n, new in enumerate(jobs)]


def enqueue(
    connection: sa.Connection,
    times: Times,
    environments: Environments,
    wanted: Sequence[Wanted],
    columns: Mapping[str, dict[str, Any]],
) -> Stored:
    """Store those whose key is not there yet; *columns* are what else is written of a key.

    Raises:
        QueueDraining: The queue of one takes no new jobs; nothing may be stored.
    """
    ids: dict[str, JobId] = {}
    new: set[JobId] = set()
    for part in _parts(_first_of_each_key(wanted)):
        added = _store(connection, times, environments, part, columns)
        ids.update(added)
        new.update(added.values())
        known = [each.key for each in part if each.key not in ids]
        if known:
            keys = json.dumps([{"key": key} for key in known])
            found = connection.execute(hot.JOBS_BY_KEY, {"keys": keys})
            ids.update((row.key, row.id) for row in found)
        refused = next((each for each in part if each.key not in ids), None)
        if refused is not None:
            raise QueueDraining(refused.new.queue)
    return Stored(ids=[ids[each.key] for each in wanted], added=frozenset(new))


def _store(
    connection: sa.Connection,
    times: Times,
    environments: Environments,
    part: Sequence[Wanted],
    columns: Mapping[str, dict[str, Any]],
) -> dict[str, JobId]:
    full = [
        (each.key, each.new, each.spec, environments.id_of(connection, each.new.environment))
        for each in part
    ]
    new_jobs = {"new_jobs": ledger.new_jobs(full, columns), **times}
    added = sorted(connection.execute(hot.ENQUEUE, new_jobs), key=lambda row: row.id)
    write_moves(connection, times, [Moved(r.id, Verb.ENQUEUE, r.state, 0) for r in added])
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


def _first_of_each_key(wanted: Sequence[Wanted]) -> list[Wanted]:
    # Of several with one key the first is stored, within a batch as between batches.
    first: dict[str, Wanted] = {}
    for each in wanted:
        first.setdefault(each.key, each)
    return list(first.values())


def _parts(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    return (wanted[i : i + _ROWS_A_STATEMENT] for i in range(0, len(wanted), _ROWS_A_STATEMENT))
