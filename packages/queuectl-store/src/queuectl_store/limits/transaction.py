"""Limits inside a transaction: what its locks are, who may start, who need not wait any more.

Nothing is counted but the rows of running jobs, so that whatever ends a run frees its limits.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from queuectl_store.job import Job
from queuectl_store.limits.admission import Rank, fitting
from queuectl_store.limits.resource import Resource
from queuectl_store.limits.usage import Usage, counted_names
from queuectl_store.limits.waits import resource_name, split_name
from queuectl_store.sql.plain import limits as sql
from queuectl_store.sql.statement import Connection

# At a time, so that no transaction grows with what waits; the sweep finds the rest.
_MOST = 1_000
# Beyond the room there is: some may ask for more than there will ever be, and have to go first.
_MORE_FOR_RESOURCES = 20


def ask_to_enter(connection: Connection, *, is_alone: bool) -> Any:
    """Take the lock of a claim that keeps changes of limits out; returns what `enter` reads.

    Args:
        is_alone: No other transaction writes while this one does.
    """
    return None if is_alone else sql.ENTER.run(connection)


def enter(connection: Connection, asked: Any, jobs: Iterable[Job]) -> bool:
    """Take the other lock of a claim, before any row is locked; tell whether it may admit jobs.

    Args:
        asked: From `ask_to_enter`.
        jobs: Those whose ends the transaction records first.
    """
    if asked is None:
        return True
    limited = bool(asked.one().limited)
    if limited or any(job.guarded and names_of(job) for job in jobs):
        sql.LOCK_COUNTS.run(connection)
        return True
    return False


def lock_counts(connection: Connection, jobs: Iterable[Job]) -> None:
    """Let no admission come between the ends of *jobs* and what those free."""
    if any(job.guarded and names_of(job) for job in jobs):
        sql.LOCK_COUNTS.run(connection)


def lock_rules(connection: Connection) -> None:
    """Wait until no claim is under way, and keep further ones out: limits are to change."""
    sql.LOCK_RULES.run(connection)
    sql.LOCK_COUNTS.run(connection)


def names_of(job: Job) -> tuple[str, ...]:
    """Name the limits of the job's own that its run takes up."""
    if not job.guarded:
        return ()
    shared = map(resource_name, job.resources)
    return (*counted_names(job.queue, job.concurrency_key, job.group_id), *shared)


def free_up(connection: Connection, jobs: Iterable[Job]) -> int:
    """Let jobs go that waited for what *jobs*, whose runs ended, have freed; return how many."""
    freed = Counter(name for job in jobs if job.guarded for name in names_of(job))
    if not freed:
        return 0
    return let_go(connection, Usage(connection), waiting(connection, freed), at_most=freed)


def waiting(connection: Connection, names: Collection[str]) -> dict[str, Rank]:
    """Return the best job that waits for each of *names*, where one does."""
    if not names:
        return {}
    wanted = json.dumps([{"name": name} for name in sorted(names)])
    rows = sql.WAITING_FIRST.run(connection, {"names": wanted})
    return {row.name: (-row.priority, row.id) for row in rows}


def let_go(
    connection: Connection,
    usage: Usage,
    names: Collection[str],
    *,
    at_most: Mapping[str, int] | None = None,
    promised: Mapping[str, int] | None = None,
    boosts: Mapping[str, int] | None = None,
) -> int:
    """Let as many of the best jobs go as there is room in the limits *names*; return how many.

    Args:
        at_most: How many for each key and group: as many as have just made room. Room beyond
            that is for jobs that have been let go before and are not claimed yet.
        promised: How much room such jobs will take, where that is known.
        boosts: How many times more of some: where those that were let go do not take the room,
            because their queue is paused or no worker takes it.
    """
    promised, boosts = promised or {}, boosts or {}
    shared = [split_name(name)[1] for name in names if name.startswith("resource:")]
    free = usage.free([name for name in names if not name.startswith("resource:")])
    wanted = {
        name: min(n - promised.get(name, 0), n if at_most is None else at_most.get(name, 0))
        * boosts.get(name, 1)
        for name, n in free.items()
    }
    ids = best(connection, wanted)
    resources = usage.resources() if shared else {}
    for name in shared:
        if resource := resources.get(name):
            limit = resource_name(name)
            resource = replace(resource, promised=promised.get(limit, 0))
            ids += _best_for(connection, name, resource, boost=boosts.get(limit, 1))
    return unpark(connection, ids)


def best(connection: Connection, room: Mapping[str, int]) -> list[int]:
    """Return the ids of the best jobs that wait for each name, as many as there is *room*."""
    ones = [name for name, n in room.items() if n == 1]
    ids = [rank[1] for rank in waiting(connection, ones).values()]
    for name, n in room.items():
        if n > 1:
            rows = sql.WAITING_BEST.run(connection, {"of": name, "at_most": min(n, _MOST)})
            ids += [row.id for row in rows]
    return ids


def unpark(connection: Connection, ids: Sequence[int]) -> int:
    """Put jobs back among those that may be claimed; return how many that were."""
    if not ids:
        return 0
    wanted = json.dumps([{"id": each} for each in sorted(ids)])
    return len(sql.UNPARK.run(connection, {"ids": wanted}).all())


def _best_for(connection: Connection, name: str, resource: Resource, *, boost: int) -> list[int]:
    values = {
        "of": resource_name(name),
        "at_most": min((resource.free + _MORE_FOR_RESOURCES) * boost, _MOST),
    }
    rows = sql.WAITING_BEST.run(connection, values).all()
    if boost > 1 and resource.free:
        return [row.id for row in rows]
    fits, never = fitting([(row.id, amount_of(row, name)) for row in rows], resource)
    return fits + never


def amount_of(row: Any, name: str) -> int:
    """Return how much of a resource the job in *row* takes."""
    return int(json.loads(row.resources or "{}").get(name, 1))
