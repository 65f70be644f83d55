"""What a scrape tells of this moment beside the depths: ages and rules of queues."""

from collections.abc import Mapping
from typing import Any

from queuectl_store.sql.plain import gauges as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauges:
    """See the module.

    Attributes:
        oldest_pending_ms: Of each queue with pending jobs, for how long the one that is next in
            its priority could have been claimed, the longest of all priorities. One that a limit
            of its own holds back is not among them.
        states: Of the queues for which anything was set: active, paused or draining.
        concurrency: Their limits; None is none.
    """

    oldest_pending_ms: Mapping[str, int]
    states: Mapping[str, str]
    concurrency: Mapping[str, int | None]


def read(connection: Connection, times: Mapping[str, Any]) -> Gauges:
    """Read them; the cost is that of the queues and their priorities, not of the jobs."""
    ages: dict[str, int] = {}
    for row in sql.PENDING_HEADS.run(connection, times):
        ready_at = max(row.created_at, row.run_at or 0, row.pending_at or 0)
        ages[row.queue] = max(ages.get(row.queue, 0), row.now - ready_at)
    rules = sql.QUEUE_RULES.run(connection).all()
    return Gauges(
        oldest_pending_ms=ages,
        states={row.name: row.state for row in rules},
        concurrency={row.name: row.concurrency for row in rules},
    )
