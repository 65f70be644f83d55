"""What a change of state leaves behind, in its transaction: its event, and that it is counted."""

from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store import ledger
from queuectl_store.clock import Times
from queuectl_store.ledger import Moved
from queuectl_store.rollups import tally
from queuectl_store.rollups.tally import Kind
from queuectl_store.sql.plain import hot
from queuectl_store.sql.statement import Connection
from queuectl_store.states import Verb

_ENQUEUE = Verb.ENQUEUE.value


def write_new(
    connection: Connection, times: Times, ids: Sequence[int], row: Mapping[str, Any]
) -> None:
    """Record that jobs alike came; *row* is of any of them (see `ledger.new_job`)."""
    state = row["state"]
    event = {"verb": _ENQUEUE, "state": state, "attempt": 0}
    if len(ids) == 1:
        hot.WRITE_EVENT.run(connection, {"job_id": ids[0], **event, **times})
    else:
        hot.WRITE_SAME_EVENTS.run(connection, {"moves": ledger.moved_alike(ids), **event, **times})
    kind = Kind(row["queue"], tally.task_name(row["task"]), _ENQUEUE, "", state)
    tally.write_one(connection, times, kind, n=len(ids))


def of_a_new_one(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `sql.joined` records of the new job of *row* (see `ledger.new_job`)."""
    return {
        "verb": _ENQUEUE,
        "attempt": 0,
        "source": "",
        "target": row["state"],
        "outcome": "",
        "bucket": -1,
        "n": 1,
        "ms": 0,
        "counted_as": tally.task_name(row["task"]),
    }


def write_moves(connection: Connection, times: Times, moved: Sequence[Moved]) -> None:
    """Record *moved*, each by an event; claims and ends of attempts are recorded by turn.py."""
    if moved:
        hot.WRITE_EVENTS.run(connection, {"moves": ledger.moves(moved), **times})
        tally.moved(moved).write(connection, times)
