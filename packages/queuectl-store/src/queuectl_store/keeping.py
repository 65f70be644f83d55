"""What keeps the queue going, inside a transaction that the store has begun."""

from collections.abc import Callable

from queuectl_store import records, replays
from queuectl_store.clock import Times
from queuectl_store.job import Claim
from queuectl_store.ledger import moved
from queuectl_store.limits import pacing
from queuectl_store.outcome import Finish
from queuectl_store.recording import write_moves
from queuectl_store.rollups import tally
from queuectl_store.rollups.facts import Fact
from queuectl_store.sql.plain import limits as limits_sql
from queuectl_store.sql.plain import upkeep
from queuectl_store.sql.statement import Connection
from queuectl_store.states import Verb
from queuectl_store.turn import finish


def stage(connection: Connection, times: Times, limit: int) -> int:
    """Make jobs pending whose time has come, and let go what a rate held back; return how many.

    A paced retry of dead letters is such a rate.
    """
    let_out = pacing.let_out(connection, times) + replays.let_out(connection, times)
    rows = upkeep.STAGE.run(connection, {"at_most": limit, **times}).all()
    write_moves(connection, times, [moved(row, Verb.STAGE) for row in rows])
    return len(rows) + let_out


def rescue(
    connection: Connection, times: Times, decide: Callable[[Claim], Finish], limit: int
) -> list[Finish]:
    """Take the jobs of workers whose lease ran out, and record what *decide* makes of each."""
    limits_sql.LOCK_COUNTS.run(connection)
    vanished = upkeep.EXPIRE_WORKERS.run(connection, times).all()
    rows = upkeep.ABANDONED.run(connection, {"at_most": limit}).all()
    tally.fact(Fact.WORKER_CRASHED, n=len(vanished)).write(connection, times)
    tally.fact(Fact.LEASE_EXPIRED, n=len(rows)).write(connection, times)
    finishes = [decide(records.claim(row)) for row in rows]
    for each, row in zip(finishes, rows, strict=True):
        finish(connection, times, row.worker_id, [each])
    return finishes
