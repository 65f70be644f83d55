"""How jobs come into a store: in a transaction of their own, or in the caller's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from queuectl_store import enqueuing, within
from queuectl_store.database import Database
from queuectl_store.enqueuing import Surroundings
from queuectl_store.environments import Environments
from queuectl_store.fallbacks import CurrentFallbacks
from queuectl_store.job import JobId, NewJob
from queuectl_store.shared import Settings


class Intake:
    """Takes new jobs. The store is one; see there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._environments = Environments()
        self.path: Path | None = database.engine.path
        self.settings = Settings(database)
        self._fallbacks = CurrentFallbacks(self.settings)

    def enqueue(self, jobs: Sequence[NewJob]) -> list[JobId]:
        """Store *jobs*, all or none, and return their ids in order.

        On stable storage when it returns. A job whose key is there already is not stored
        again: its id is returned, so a caller that got no answer may simply call again.

        Raises:
            InvalidJob: One cannot be stored; `args[0]` says which and why.
            DuplicateJob: Another job has one's unique key, and it is to be refused beside that.
        """
        wanted = enqueuing.prepare(jobs)
        around = Surroundings(self._environments, self._fallbacks.get(jobs))
        engine = self._database.engine
        ids = self._database.write(
            lambda c: enqueuing.enqueue(c, dict(engine.times()), around, wanted), repeatable=True
        )
        engine.notify()
        return ids

    def enqueue_within(self, session: Any, jobs: Sequence[NewJob]) -> list[JobId]:
        """Store *jobs* in the transaction that *session* is in: with it, or not at all.

        They are visible, and workers are woken, once the caller commits.

        Args:
            session: A SQLAlchemy Session or Connection of the same database.

        Raises:
            InvalidJob: As `enqueue`.
            StoreUnreachable: *session* leads to another database, or to none.
        """
        wanted = enqueuing.prepare(jobs)
        connection, engine = within.connection_of(session), self._database.engine
        within.check_same_store(connection, self.path)
        around = Surroundings(Environments(), self._fallbacks.get(jobs))
        try:
            ids = enqueuing.enqueue(connection, dict(engine.times()), around, wanted)
        except sa.exc.DBAPIError as error:
            raise engine.translate(error, committing=False) from error
        within.after_commit(session, connection, engine.notify)
        return ids
