"""What people do to jobs and workers by hand. Each verb goes through the one transition table."""

from collections.abc import Callable, Sequence

from queuectl_store import editing, moving
from queuectl_store.bell import EVERYTHING
from queuectl_store.clock import Times
from queuectl_store.database import Database
from queuectl_store.editing import Edit
from queuectl_store.job import JobId, WorkerId
from queuectl_store.limits.queue_admin import QueueAdmin
from queuectl_store.moving import DEAD, Moved, targets_of
from queuectl_store.outcome import StopRequest
from queuectl_store.sql.plain import admin as sql
from queuectl_store.sql.statement import Connection, Statement
from queuectl_store.states import FINAL, Verb
from queuectl_store.upkeep import removing


class Admin(QueueAdmin):
    """Moves jobs by hand and asks workers to stop; the verbs for queues are in queue_admin.py."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def cancel(self, ids: Sequence[JobId], *, reason: str = "cancelled by a person") -> Moved:
        """Cancel jobs that wait at once, and ask the workers of running ones to stop them."""
        return self._move(Verb.CANCEL, ids, reason)

    def hold(self, ids: Sequence[JobId], *, reason: str | None = None) -> Moved:
        """Keep waiting jobs from being run until they are released."""
        return self._move(Verb.HOLD, ids, reason)

    def release(self, ids: Sequence[JobId]) -> Moved:
        """Let held jobs run again, at their time."""
        return self._move(Verb.RELEASE, ids)

    def retry(self, ids: Sequence[JobId]) -> Moved:
        """Run dead jobs again, and retrying ones now, with a full new allowance of retries."""
        return self._move(Verb.RETRY, ids)

    def rerun(self, ids: Sequence[JobId]) -> Moved:
        """Run jobs again that have ended in any way, with a full new allowance of retries."""
        return self._move(Verb.RERUN, ids)

    def retry_dead(self, ids: Sequence[JobId], *, pacer: str | None = None) -> Moved:
        """Run dead jobs again; those that *pacer* is given for wait until it lets them out."""
        return self._act(
            lambda c, times: moving.move(c, times, Verb.RETRY, ids, pacer=pacer, only=DEAD)
        )

    def give_up(self, ids: Sequence[JobId], *, reason: str = "given up by a person") -> Moved:
        """Send retrying jobs to the dead letters instead of trying them again."""
        return self._move(Verb.GIVE_UP, ids, reason)

    def remove(self, ids: Sequence[JobId]) -> Moved:
        """Delete jobs that have ended, with their attempts, events and dependencies, for good.

        One that an unfinished child, its unfinished group or a schedule needs is refused with
        `StillNeeded`, and so is one whose unique key is still taken. Output is the worker's.
        """
        return self._act(lambda c, times: removing.remove(c, times, "remove", ids, only=FINAL))

    def stop_workers(
        self, ids: Sequence[WorkerId] | None = None, *, now: bool = False
    ) -> list[WorkerId]:
        """Ask workers (None: all that live) to stop; *now* kills their jobs and gives them back.

        Returns:
            Those that were asked; one that is unknown or has ended is not among them.
        """

        how = StopRequest.NOW if now else StopRequest.DRAIN
        return self._ask(sql.STOP_WORKERS, ids, how=how.value)

    def quiet_workers(self, ids: Sequence[WorkerId] | None = None) -> list[WorkerId]:
        """Ask workers (None: all that live) to claim no more and to go on with what they run.

        They live on until they are stopped.

        Returns:
            Those that were asked; one that has been asked before, or to stop, is not among them.
        """
        return self._ask(sql.QUIET_WORKERS, ids)

    def edit(self, ids: Sequence[JobId], edit: Edit) -> Moved:
        """Change waiting or dead jobs; one that waits for its time alone moves by a new one.

        Raises:
            InvalidJob: A job cannot be stored as it would be then; nothing was changed.
        """
        return self._act(lambda c, times: editing.edit(c, times, ids, edit))

    def edit_and_retry(self, job_id: JobId, edit: Edit) -> Moved:
        """Change a dead job and run it again, both or neither."""

        def work(connection: Connection, times: Times) -> Moved:
            edited = editing.edit(connection, times, [job_id], edit, only=DEAD)
            return (
                moving.move(connection, times, Verb.RETRY, [job_id], only=DEAD)
                if edited.done
                else edited
            )

        return self._act(work)

    def _ask(
        self, statement: Statement, ids: Sequence[WorkerId] | None, **values: str
    ) -> list[WorkerId]:
        def work(connection: Connection) -> list[WorkerId]:
            wanted = ids
            if wanted is None:
                wanted = list(sql.LIVE_WORKERS.run(connection).scalars())
            named = {"targets": targets_of(wanted), **values}
            return sorted(statement.run(connection, named).scalars())

        return self._database.write(work, repeatable=True, rings=EVERYTHING)

    def _move(self, verb: Verb, ids: Sequence[JobId], reason: str | None = None) -> Moved:
        return self._act(lambda c, times: moving.move(c, times, verb, ids, reason))

    def _act(self, work: Callable[[Connection, Times], Moved]) -> Moved:
        times = self._database.engine.times
        return self._database.write(lambda c: work(c, dict(times())), rings=EVERYTHING)
