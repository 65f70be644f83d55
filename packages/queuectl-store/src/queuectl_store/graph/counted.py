"""Groups as people look at them, with counts of their jobs."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from queuectl_store.graph.group import Group
from queuectl_store.graph.halting import parse_halt
from queuectl_store.graph.ids import id_rows
from queuectl_store.sql.plain import groups as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState


def named(connection: Connection, names: Collection[str]) -> list[Group]:
    """Return the groups of *names*, oldest first."""
    wanted = json.dumps([{"name": name} for name in names])
    rows = sql.GROUPS_BY_NAME.run(connection, {"names": wanted}).all()
    return _counted(connection, sorted(rows, key=lambda row: row.id))


def newest(connection: Connection, *, limit: int, before: int) -> list[Group]:
    """Return up to *limit* groups with ids under *before*, newest first."""
    values = {"at_most": limit, "before": before}
    return _counted(connection, sql.ALL_GROUPS.run(connection, values).all())


def _counted(connection: Connection, rows: Sequence[Any]) -> list[Group]:
    counts: dict[int, dict[JobState, int]] = defaultdict(dict)
    chosen = {"chosen_groups": id_rows([row.id for row in rows])}
    for row in sql.COUNTS.run(connection, chosen):
        counts[row.group_id][JobState(row.state)] = row.n
    return [
        Group(
            id=row.id,
            name=row.name,
            counts=counts[row.id],
            sealed=bool(row.sealed),
            concurrency=row.concurrency,
            halt=None if row.halt is None else parse_halt(row.halt),
            halted=row.halted,
            finish_job_id=row.finish_job_id,
            created_at=row.created_at,
            finished_at=row.finished_at,
        )
        for row in rows
    ]
