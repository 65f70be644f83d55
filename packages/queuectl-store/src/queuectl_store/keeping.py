"""What keeps the queue going, inside a transaction that the store has begun: leases, staging."""

import sqlalchemy as sa

from queuectl_store import pacing
from queuectl_store.errors import UnknownWorker
from queuectl_store.job import WorkerId
from queuectl_store.ledger import Moved
from queuectl_store.outcome import Renewal, StopRequest
from queuectl_store.sql import upkeep
from queuectl_store.states import JobState, Verb
from queuectl_store.turn import Times, write_moves


def renew(connection: sa.Connection, times: Times, worker_id: WorkerId) -> Renewal:
    """Extend the worker's lease, and say what the store thinks of it.

    Raises:
        UnknownWorker: The lease ran out and was taken.
    """
    worker = connection.execute(upkeep.RENEW, {"worker": worker_id, **times}).first()
    if worker is None:
        raise UnknownWorker(worker_id)
    held = connection.execute(upkeep.HELD_BY_WORKER, {"worker": worker_id}).all()
    return Renewal(
        held=frozenset((row.id, row.token) for row in held),
        cancelled=frozenset((row.id, row.token) for row in held if row.cancel_requested),
        stop=StopRequest(worker.stop) if worker.stop else None,
    )


def stage(connection: sa.Connection, times: Times, limit: int) -> int:
    """Make jobs pending whose time has come, and let go what a rate held back; return how many."""
    let_out = pacing.let_out(connection, times)
    rows = connection.execute(upkeep.STAGE, {"at_most": limit, **times}).all()
    moved = [Moved(row.id, Verb.STAGE, JobState.PENDING, row.attempt) for row in rows]
    write_moves(connection, times, moved)
    return len(rows) + let_out
