"""What jobs have to do with one another, as people look at it: parents, blockers, groups."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from queuectl_store.graph.group import Group
from queuectl_store.graph.halting import parse_halt
from queuectl_store.graph.ids import id_rows
from queuectl_store.job import JobId
from queuectl_store.sql.plain import groups as group_sql
from queuectl_store.sql.plain import relations as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState


def parents(connection: Connection, rows: Sequence[Any]) -> dict[int, tuple[JobId, ...]]:
    """Return the parents of those of *rows* that have some, in one query."""
    ids = [row.id for row in rows if row.on_dep_failure is not None]
    if not ids:
        return {}
    return _by_child(sql.EDGES_OF.run(connection, {"children": id_rows(ids)}))


def blockers(connection: Connection, ids: Collection[JobId]) -> dict[int, tuple[JobId, ...]]:
    """Return, for each of *ids*, the parents in its clauses that do not hold yet."""
    if not ids:
        return {}
    rows = sql.EDGES_OF.run(connection, {"children": id_rows(ids)}).all()
    held = {(row.child_id, row.clause) for row in rows if row.met == 1}
    return _by_child(row for row in rows if row.met == 0 and (row.child_id, row.clause) not in held)


def named(connection: Connection, names: Collection[str]) -> list[Group]:
    """Return the groups of *names*, oldest first."""
    wanted = json.dumps([{"name": name} for name in names])
    rows = group_sql.GROUPS_BY_NAME.run(connection, {"names": wanted}).all()
    return _counted(connection, sorted(rows, key=lambda row: row.id))


def newest(connection: Connection, *, limit: int, before: int) -> list[Group]:
    """Return up to *limit* groups with ids under *before*, newest first."""
    values = {"at_most": limit, "before": before}
    return _counted(connection, group_sql.ALL_GROUPS.run(connection, values).all())


def _by_child(rows: Any) -> dict[int, tuple[JobId, ...]]:
    found: dict[int, set[JobId]] = defaultdict(set)
    for row in rows:
        found[row.child_id].add(JobId(row.parent_id))
    return {child: tuple(sorted(ids)) for child, ids in found.items()}


def _counted(connection: Connection, rows: Sequence[Any]) -> list[Group]:
    counts: dict[int, dict[JobState, int]] = defaultdict(dict)
    chosen = {"chosen_groups": id_rows([row.id for row in rows])}
    for row in group_sql.COUNTS.run(connection, chosen):
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
