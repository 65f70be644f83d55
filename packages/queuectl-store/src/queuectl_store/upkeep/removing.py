"""Deleting jobs that a person names: the same deletion as retention's, and why it spared some."""

from collections.abc import Sequence
from typing import Any

from queuectl_store.clock import Times
from queuectl_store.document import instant
from queuectl_store.errors import StillNeeded, StoreError
from queuectl_store.graph import consequences
from queuectl_store.graph.consequences import Touched
from queuectl_store.job import JobId
from queuectl_store.moving import Moved, refusals, targets_of
from queuectl_store.sql.plain import prune as sql
from queuectl_store.sql.plain import read as read_sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState
from queuectl_store.upkeep.retention import delete_jobs


def remove(
    connection: Connection,
    times: Times,
    verb: str,
    ids: Sequence[JobId],
    *,
    only: frozenset[JobState],
) -> Moved:
    """Delete those of *ids* that are in *only*, which are final, and that nothing needs.

    What hangs on their ends, and was left for later, is done first.
    """
    rows = sql.LOCK.run(connection, {"doomed": targets_of(ids)}).all()
    ended = [row for row in rows if row.state in only]
    due = [Touched(id=row.id, children_due=1) for row in ended if row.children_due]
    consequences.follow(connection, times, due)
    now = read_sql.NOW.run(connection, times).scalar_one()
    chosen = [row.id for row in ended]
    delete_jobs(connection, chosen, now=now)
    left = sql.NEEDS.run(connection, {"doomed": targets_of(chosen)}).all()
    done = set(chosen) - {row.id for row in left}
    needed: dict[int, StoreError] = {
        row.id: StillNeeded(verb, row.id, _why(row)) for row in left if row.state in only
    }
    missed = [each for each in ids if each not in done and each not in needed]
    others = refusals(connection, verb, missed, only=only) if missed else []
    return Moved(
        done=tuple(each for each in ids if each in done),
        refused=(*(needed[each] for each in sorted(needed)), *others),
    )


def _why(row: Any) -> str:
    if row.child_id is not None:
        return f"job {row.child_id} depends on it and has not ended; cancel that one first"
    if row.open_group is not None:
        return (
            f"its group {row.open_group!r} is not complete; wait for it, or"
            f" `queuectl cancel --group {row.open_group}`"
        )
    if row.schedule is not None:
        return (
            f"it is the latest job of the schedule {row.schedule!r};"
            " it can go after the next one, or when the schedule is removed"
        )
    if row.unique_live:
        until = "" if row.unique_until is None else f" until {instant(row.unique_until)}"
        return f"it keeps the unique key {row.unique_key!r} taken{until}"
    return "the jobs that depend on it are still being told of its end; try again in a moment"
