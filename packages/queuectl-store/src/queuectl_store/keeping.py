"""What keeps the queue going, inside a transaction that the store has begun."""

from collections.abc import Callable

import sqlalchemy as sa

from queuectl_store import records, replays
from queuectl_store.job import Claim
from queuectl_store.ledger import Moved
from queuectl_store.limits import pacing
from queuectl_store.outcome import Finish
from queuectl_store.sql import limits as limits_sql
from queuectl_store.sql import upkeep
from queuectl_store.states import JobState, Verb
from queuectl_store.turn import Times, finish, write_moves


def stage(connection: sa.Connection, times: Times, limit: int) -> int:
    """Make jobs pending whose time has come, and let go what a rate held back; return how many.

    A paced retry of dead letters is such a rate.
    """
    let_out = pacing.let_out(connection, times) + replays.let_out(connection, times)
    rows = connection.execute(upkeep.STAGE, {"at_most": limit, **times}).all()
    moved = [Moved(row.id, Verb.STAGE, JobState.PENDING, row.attempt) for row in rows]
    write_moves(connection, times, moved)
    return len(rows) + let_out


def rescue(
    connection: sa.Connection, times: Times, decide: Callable[[Claim], Finish], limit: int
) -> list[Finish]:
    """Take the jobs of workers whose lease ran out, and record what *decide* makes of each."""
    connection.execute(limits_sql.LOCK_COUNTS)
    connection.execute(upkeep.EXPIRE_WORKERS, times)
    rows = connection.execute(upkeep.ABANDONED, {"at_most": limit}).all()
    finishes = [decide(records.claim(row)) for row in rows]
    for each, row in zip(finishes, rows, strict=True):
        finish(connection, times, row.worker_id, [each])
    return finishes
