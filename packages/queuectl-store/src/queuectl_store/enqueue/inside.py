"""Jobs that the store itself makes, for schedules and hooks, in a transaction of theirs."""

from collections.abc import Mapping, Sequence
from typing import Any

from queuectl_store.enqueue import calls
from queuectl_store.enqueue.enqueuing import Surroundings
from queuectl_store.enqueue.environments import Environments
from queuectl_store.fallbacks import CurrentFallbacks
from queuectl_store.job import JobId, NewJob
from queuectl_store.sql.statement import Connection


def enqueue_inside(
    connection: Connection,
    times: Mapping[str, Any],
    fallbacks: CurrentFallbacks,
    new: Sequence[NewJob],
) -> list[JobId]:
    """Store *new*; return their ids.

    Raises:
        StoreError: One of them cannot be stored.
    """
    # Of its own: what it remembers is rolled back with a job that is refused.
    around = Surroundings(Environments(), fallbacks.get(new))
    return calls.store(connection, dict(times), around, calls.checked(new))


def refuse_unfit(new: NewJob) -> None:
    """Raise what storing *new* would raise of it alone."""
    calls.checked([new])
