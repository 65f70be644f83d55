"""What follows in one transaction when jobs have moved: children are told, groups looked at."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from queuectl_store.clock import Times
from queuectl_store.graph import groups, resolving
from queuectl_store.graph.ids import id_rows
from queuectl_store.sql.plain import groups as group_sql
from queuectl_store.sql.plain import relations as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import FINAL, JobState

# One transaction stays short, whatever hangs on it: what is left is due, and any worker's stager
# goes on with it.
EDGES = 1_000
_ROUNDS = 16
# Cheap to ask again and again: partial indexes of what is due.
DUE = (sql.ANY_DUE, group_sql.ANY_HALTED)
_PARENTS = 500


class Touched(NamedTuple):
    """A job or a group to look at, though no row of it was moved."""

    id: int = 0
    state: str = ""
    children_due: int = 0
    group_id: int | None = None


class Followed(NamedTuple):
    """How many jobs may run now that could not before, and whether running ones are to stop."""

    freed: int = 0
    asks_runs: bool = False


def follow(
    connection: Connection, times: Times, moved: Sequence[Any], *, edges: int = EDGES
) -> Followed:
    """Do what follows from *moved*: rows with id, state, children_due and group_id.

    Args:
        edges: How many children are told at most.
    """
    told, rows, freed, asks_runs = 0, list(moved), 0, False
    while rows:
        met = _tell(connection, times, rows, limit=edges - told)
        told += met.told
        looked = _look_at_groups(connection, times, [*rows, *met.moved])
        freed += looked.made_jobs + sum(row.state == JobState.PENDING for row in met.moved)
        asks_runs |= looked.asks_runs
        rows = looked.cancelled
    return Followed(freed, asks_runs)


def follow_afresh(connection: Connection, times: Times, moved: Sequence[Any]) -> None:
    """Do what follows when a person lets jobs run again: what halted their groups is lifted."""
    ids = {row.group_id for row in moved} - {None}
    if ids:
        group_sql.LIFT_HALTS.run(connection, {"chosen_groups": id_rows(ids)})
    follow(connection, times, moved)


def follow_due(connection: Connection, times: Times, *, limit: int) -> int:
    """Go on with what earlier transactions left due; returns how many jobs and edges it touched."""
    parents = sql.DUE_PARENTS.run(connection, {"at_most": min(limit, _PARENTS)}).all()
    met = resolving.Round(told=0, moved=[])
    if parents:
        met = resolving.take_round(connection, times, parents, limit=limit)
    halted = groups.drain_halted(connection, times, limit=limit)
    follow(connection, times, [*met.moved, *halted], edges=max(0, limit - met.told))
    return len(parents) + met.told + len(halted)


def _tell(
    connection: Connection, times: Times, moved: Sequence[Any], *, limit: int
) -> resolving.Round:
    told, all_moved = 0, []
    due = [row.id for row in moved if row.children_due]
    for _ in range(_ROUNDS):
        if not due or told >= limit:
            break
        values = {"parents": id_rows(due)}
        parents = sql.LOCK_PARENTS.run(connection, values).all()
        one = resolving.take_round(connection, times, parents, limit=limit - told)
        told += one.told
        all_moved += one.moved
        due = [row.id for row in one.moved if row.children_due]
    return resolving.Round(told=told, moved=all_moved)


def _look_at_groups(connection: Connection, times: Times, moved: Sequence[Any]) -> groups.Looked:
    ids = {row.group_id for row in moved} - {None}
    if not ids:
        return groups.Looked(cancelled=[], made_jobs=0)
    ended = {row.group_id for row in moved if row.state in FINAL} - {None}
    return groups.look(connection, times, ids, ended)
