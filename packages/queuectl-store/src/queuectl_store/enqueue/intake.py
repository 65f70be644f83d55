"""How jobs come into a store: in a transaction of their own, or in the caller's."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from queuectl_store.database import Database
from queuectl_store.fallbacks import CurrentFallbacks
from queuectl_store.graph.group import NewGroup
from queuectl_store.job import JobId, NewJob
from queuectl_store.look import Look
from queuectl_store.shared import Settings

if TYPE_CHECKING:
    # Imported where jobs come: who sets a queue's limit does not wait for them (decision 34).
    from queuectl_store.enqueue.arrivals import Arrivals
    from queuectl_store.enqueue.mould import Arguments, Mould
    from queuectl_store.enqueue.within import AfterCommit


class Intake(Look):
    """Takes new jobs. The store is one; see there."""

    settings: Settings

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database
        self.settings = Settings(database)
        self._after_commit: AfterCommit | None = None

    def enqueue(
        self,
        jobs: Sequence[NewJob],
        *,
        key: str | None = None,
        group: NewGroup | Sequence[NewGroup] | None = None,
        seal: bool = True,
        on_finish: Mapping[int, NewJob] | None = None,
    ) -> list[JobId]:
        """Store *jobs*, all or none, and return their ids in order.

        On stable storage when it returns. A job whose key is there already is not stored
        again: its id is returned, so a caller that got no answer may simply call again.

        Args:
            key: Makes the whole call repeatable: a second one with the same key adds nothing
                and returns the first one's ids.
            group: Made if it is not there yet. All jobs that name no other group belong to
                it; several groups only say what those are that the jobs name.
            seal: No more jobs of *group* are to come. Until then it is not complete, if it
                has a completion job.
            on_finish: By place in *jobs*, what is stored with that job and runs once it has
                ended, in whatever way; it finds the job's id in QUEUECTL_PARENT_ID. Not stored
                for a job that was there already. Of a group: `NewGroup.on_finish`.

        Raises:
            InvalidJob: One cannot be stored; `index` says which, the message why.
            DuplicateJob: Another job has one's unique key, and it is to be refused beside that.
        """
        from queuectl_store.enqueue import calls

        call = calls.checked(jobs, key=key, group=group, seal=seal, on_finish=on_finish)
        return self._arrivals.store(call, (on_finish or {}).values())

    def enqueue_calls(self, mould: "Mould", calls: Sequence["Arguments"]) -> list[JobId]:
        """Store a job of *mould* for each of *calls*, all or none, and return their ids in order.

        As `enqueue` does, and in a part of the time: what they share was checked before.

        Raises:
            InvalidJob: One cannot be stored; `index` says which, the message why.
        """
        wanted = mould.wanted(calls)
        return self._arrivals.store_plain(wanted) if wanted else []

    def enqueue_within(self, session: Any, jobs: Sequence[NewJob]) -> list[JobId]:
        """Store *jobs* in the transaction that *session* is in: with it, or not at all.

        They are visible, and workers are woken, once the caller commits.

        Args:
            session: A SQLAlchemy Session or Connection of the same database.

        Raises:
            InvalidJob, DuplicateJob: As `enqueue`.
            StoreUnreachable: *session* leads to another database, or to none.
        """
        # Imported here: who has a session has SQLAlchemy.
        from queuectl_store.enqueue import calls, within

        call = calls.checked(jobs)
        connection, engine = within.connection_of(session), self._database.engine
        within.check_same_store(connection, self.path, lambda: self._name_of_database)
        try:
            ids = self._arrivals.store_within(connection, dict(engine.times()), call, jobs)
        except within.ERRORS as error:
            raise engine.translate(error, committing=False) from error
        if self._after_commit is None:
            self._after_commit = within.AfterCommit(engine.notify)
        self._after_commit.add(session, connection)
        return ids

    @cached_property
    def _name_of_database(self) -> str:
        from queuectl_store.enqueue.within import WHICH_DATABASE

        with self._database.engine.alchemy.begin_write() as connection:
            return str(connection.execute(WHICH_DATABASE).scalar_one())

    @cached_property
    def _arrivals(self) -> "Arrivals":
        # Imported where jobs come, and once: an import in each call takes as long as a statement.
        from queuectl_store.enqueue.arrivals import Arrivals

        return Arrivals(self._database, CurrentFallbacks(self.settings))
