"""Reads of queues and resources, inside a transaction."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from queuectl_store.limits.queues import Queue, QueueLimits, QueueState, ResourceUse, limits_of
from queuectl_store.rollups.reading import depths
from queuectl_store.sql.plain import gauges as gauges_sql
from queuectl_store.sql.plain import limits as limits_sql
from queuectl_store.sql.plain import queues as sql
from queuectl_store.sql.statement import Connection


def queues(connection: Connection, times: Mapping[str, Any]) -> list[Queue]:
    """Return every queue that has jobs or something set for it, by name.

    The cost is that of the queues, of their priorities and of the jobs that are parked; not of
    those that may be claimed.
    """
    rows = {row.name: row for row in limits_sql.QUEUES.run(connection)}
    counts = depths(connection)
    parked = {row.queue: row for row in sql.PARKED.run(connection, times)}
    ages = {name: row.age for name, row in parked.items()}
    for head in gauges_sql.PENDING_HEADS.run(connection, times):
        # Ids are given in the order of time: in its priority the next job is the oldest.
        ages[head.queue] = max(ages.get(head.queue, 0), head.now - head.created_at)
    return [
        Queue(
            name=name,
            state=QueueState(rows[name].state) if name in rows else QueueState.ACTIVE,
            limits=limits_of(rows[name]) if name in rows else QueueLimits(),
            counts=counts.get(name, {}),
            parked=parked[name].parked if name in parked else 0,
            oldest_pending_ms=ages.get(name),
        )
        for name in sorted({*rows, *counts})
    ]


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
