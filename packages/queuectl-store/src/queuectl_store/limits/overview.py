"""Reads of queues and resources, inside a transaction."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from queuectl_store.limits.queues import Queue, QueueLimits, QueueState, ResourceUse, limits_of
from queuectl_store.rollups.reading import depths
from queuectl_store.sql.plain import limits as limits_sql
from queuectl_store.sql.plain import queues as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState


def queues(connection: Connection, times: Mapping[str, Any]) -> list[Queue]:
    """Return every queue that has jobs or something set for it, by name."""
    rows = {row.name: row for row in limits_sql.QUEUES.run(connection)}
    counts = depths(connection)
    pending = {row.queue: row for row in sql.OLDEST_PENDING.run(connection, times)}
    names = sorted({*rows, *counts})
    return [_queue(name, rows.get(name), counts.get(name, {}), pending.get(name)) for name in names]


def resources(connection: Connection) -> list[ResourceUse]:
    """Return every resource that is there or that a job waits for, by name."""
    capacities = {row.name: row.capacity for row in limits_sql.RESOURCES.run(connection)}
    used: defaultdict[str, set[int]] = defaultdict(set)
    for allotted in sql.ALLOTTED.run(connection).scalars():
        for name, indexes in json.loads(allotted).items():
            used[name].update(indexes)
    waiting: Counter[str] = Counter()
    for row in sql.WAITING_COUNTS.run(connection):
        waiting[row.waits_for.partition(":")[2]] += row.n
    return [
        ResourceUse(
            name=name,
            capacity=capacities.get(name, 0),
            used=tuple(sorted(used[name])),
            waiting=waiting[name],
        )
        for name in sorted({*capacities, *waiting})
    ]


def _queue(name: str, row: Any, counts: Mapping[JobState, int], pending: Any) -> Queue:
    return Queue(
        name=name,
        state=QueueState.ACTIVE if row is None else QueueState(row.state),
        limits=QueueLimits() if row is None else limits_of(row),
        counts=counts,
        parked=0 if pending is None else pending.parked,
        oldest_pending_ms=None if pending is None else pending.age,
    )
