"""A worker's row and its lease, inside a transaction that the store has begun."""

import sqlalchemy as sa

from queuectl_store import ledger, migrate
from queuectl_store.errors import UnknownWorker
from queuectl_store.job import NewWorker, WorkerId
from queuectl_store.outcome import Renewal, StopRequest
from queuectl_store.sql import upkeep
from queuectl_store.turn import Times


def register(connection: sa.Connection, times: Times, url: str, worker: NewWorker) -> WorkerId:
    """Introduce *worker*.

    Raises:
        StoreTooNew: A newer program has changed the schema since the store was opened.
    """
    if (error := migrate.refusal_now(connection, url)) is not None:
        raise error
    values = ledger.new_worker(worker) | times
    return WorkerId(connection.execute(upkeep.REGISTER, values).scalar_one())


def renew(connection: sa.Connection, times: Times, url: str, worker_id: WorkerId) -> Renewal:
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
        refusal=migrate.refusal_now(connection, url),
    )
