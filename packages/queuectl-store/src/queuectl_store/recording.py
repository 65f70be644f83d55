"""What a change of state leaves behind, in its transaction: its event, and that it is counted."""

from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store import ledger
from queuectl_store.clock import Times
from queuectl_store.ledger import Moved
from queuectl_store.rollups import tally
from queuectl_store.rollups.tally import Kind
from queuectl_store.sql.plain import hot
from queuectl_store.sql.plain.rollups import ADD_EACH
from queuectl_store.sql.statement import Connection
from queuectl_store.states import Verb

_ENQUEUE = Verb.ENQUEUE.value


def of_new_ones(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is recorded of new jobs alike; *row* is of any of them (see `ledger.new_job`).

    The columns of their events, and of the tally, which is named for what it counts.
    """
    return {
        "verb": _ENQUEUE,
        "state": row["state"],
        "attempt": 0,
        **Kind(row["queue"], tally.task_name(row["task"]), _ENQUEUE, "", row["state"])._asdict(),
        "ms": 0,
    }


def write_new(
    connection: Connection, times: Times, ids: Sequence[int], facts: Mapping[str, Any]
) -> None:
    """Record that jobs alike came; *facts* are those of `of_new_ones`."""
    if len(ids) == 1:
        hot.WRITE_EVENT.run(connection, {**facts, "job_id": ids[0], **times})
    else:
        hot.WRITE_SAME_EVENTS.run(connection, {**facts, "moves": ledger.moved_alike(ids), **times})
    ADD_EACH.run(connection, {**facts, "n": len(ids), **times})


def in_one(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `sql.joined` records of new jobs, beside their row."""
    return {**facts, "counted_as": facts["task"]}


def write_moves(connection: Connection, times: Times, moved: Sequence[Moved]) -> None:
    """Record *moved*, each by an event; claims and ends of attempts are recorded by turn.py."""
    if moved:
        hot.WRITE_EVENTS.run(connection, {"moves": ledger.moves(moved), **times})
        tally.moved(moved).write(connection, times)
