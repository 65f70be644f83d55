"""A worker's row and its lease, inside a transaction that the store has begun."""

from queuectl_store import ledger, schema
from queuectl_store.clock import Times
from queuectl_store.errors import UnknownWorker
from queuectl_store.job import NewWorker, WorkerId
from queuectl_store.outcome import Renewal, StopRequest
from queuectl_store.sql.plain import upkeep
from queuectl_store.sql.statement import Connection


def register(connection: Connection, times: Times, url: str, worker: NewWorker) -> WorkerId:
    """Introduce *worker*.

    Raises:
        StoreTooNew: A newer program has changed the schema since the store was opened.
    """
    if (error := schema.refusal_now(connection, url)) is not None:
        raise error
    values = ledger.new_worker(worker) | times
    return WorkerId(upkeep.REGISTER.run(connection, values).scalar_one())


def renew(connection: Connection, times: Times, url: str, worker_id: WorkerId) -> Renewal:
    """Extend the worker's lease, and say what the store thinks of it.

    Raises:
        UnknownWorker: The lease ran out and was taken.
    """
    worker = upkeep.RENEW.run(connection, {"worker": worker_id, **times}).first()
    if worker is None:
        raise UnknownWorker(worker_id)
    held = upkeep.HELD_BY_WORKER.run(connection, {"worker": worker_id}).all()
    return Renewal(
        held=frozenset((row.id, row.token) for row in held),
        cancelled=frozenset((row.id, row.token) for row in held if row.cancel_requested),
        stop=StopRequest(worker.stop) if worker.stop else None,
        refusal=schema.refusal_now(connection, url),
    )
