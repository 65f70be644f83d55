"""How jobs come into a store: in a transaction of their own, or in the caller's."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from queuectl_store.database import Database
from queuectl_store.enqueue.together import Together
from queuectl_store.fallbacks import CurrentFallbacks
from queuectl_store.graph.group import NewGroup
from queuectl_store.job import JobId, NewJob
from queuectl_store.look import Look
from queuectl_store.shared import Settings

if TYPE_CHECKING:
    # Imported where jobs come: who sets a queue's limit does not wait for them (decision 34).
    from queuectl_store.enqueue.calls import Call
    from queuectl_store.enqueue.enqueuing import Surroundings, Wanted
    from queuectl_store.enqueue.within import AfterCommit


class Intake(Look):
    """Takes new jobs. The store is one; see there."""

    settings: Settings

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._database = database
        self.settings = Settings(database)
        self._fallbacks = CurrentFallbacks(self.settings)
        self._together = Together(self._store_plain)
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
        if call.stands_alone and self._database.engine.writes_alone:
            return self._together.enqueue(call.wanted)
        return self._store(call, [*jobs, *(on_finish or {}).values()])

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
        within.check_same_store(connection, self.path)
        try:
            ids = calls.store(connection, dict(engine.times()), self._around(jobs), call)
        except within.ERRORS as error:
            raise engine.translate(error, committing=False) from error
        if self._after_commit is None:
            self._after_commit = within.AfterCommit(engine.notify)
        self._after_commit.add(session, connection)
        return ids

    def _store_plain(self, wanted: "Sequence[Wanted]") -> list[JobId]:
        from queuectl_store.enqueue import calls

        return self._store(calls.plain(wanted), [each.new for each in wanted])

    def _store(self, call: "Call", jobs: Sequence[NewJob]) -> list[JobId]:
        from queuectl_store.enqueue import calls

        engine, around = self._database.engine, self._around(jobs)
        ids = self._database.write(
            lambda c: calls.store(c, dict(engine.times()), around, call), repeatable=True
        )
        engine.notify()
        return ids

    def _around(self, jobs: Sequence[NewJob]) -> "Surroundings":
        from queuectl_store.enqueue.enqueuing import Surroundings
        from queuectl_store.enqueue.environments import Environments

        return Surroundings(Environments(), self._fallbacks.get(jobs))
