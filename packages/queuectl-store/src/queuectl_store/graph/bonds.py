"""What jobs have to do with one another, as people look at it: parents and blockers."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from queuectl_store.graph.ids import id_rows
from queuectl_store.job import JobId
from queuectl_store.sql.plain import relations as sql
from queuectl_store.sql.statement import Connection


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


def _by_child(rows: Any) -> dict[int, tuple[JobId, ...]]:
    found: dict[int, set[JobId]] = defaultdict(set)
    for row in rows:
        found[row.child_id].add(JobId(row.parent_id))
    return {child: tuple(sorted(ids)) for child, ids in found.items()}
