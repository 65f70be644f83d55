"""The dead letter queue: jobs that failed for good, grouped by their fault, retried or purged."""

from collections.abc import Iterator, Sequence

from queuectl_store import replays
from queuectl_store.admin import Admin
from queuectl_store.database import Database
from queuectl_store.dead_reader import MOVED_AT_ONCE, Chosen, DeadReader
from queuectl_store.editing import Edit
from queuectl_store.job import JobId
from queuectl_store.limits.rates import Rate
from queuectl_store.moving import DEAD, Moved
from queuectl_store.upkeep import removing

_PURGED_AT_ONCE = 200


class DeadLetters(DeadReader):
    """Lists, retries and purges dead jobs; nothing here reaches a job in another state."""

    def __init__(self, database: Database, admin: Admin) -> None:
        super().__init__(database)
        self._database, self._admin = database, admin

    def retry(self, chosen: Chosen, *, rate: Rate | None = None) -> Moved:
        """Run dead jobs again with a full new allowance; attempts go on counting.

        In batches: what was done when an error ends it stays done.

        Args:
            rate: How fast they may start; the oldest go first. None: all at once.
        """
        pacer = None if rate is None else replays.name_of(rate)
        parts = [
            self._admin.retry_dead(part, pacer=pacer)
            for part in _parts(self.ids(chosen), MOVED_AT_ONCE)
        ]
        return _joined(parts)

    def edit_and_retry(self, job_id: JobId, edit: Edit) -> Moved:
        """Change a dead job and run it again, both or neither.

        Raises:
            InvalidJob: It cannot be stored as it would be then.
        """
        return self._admin.edit_and_retry(job_id, edit)

    def purge(self, chosen: Chosen) -> Moved:
        """Delete dead jobs with all that is theirs, for good; in batches, as `retry`.

        One that something still needs is refused (`Admin.remove`).
        """
        return _joined([self._purge(part) for part in _parts(self.ids(chosen), _PURGED_AT_ONCE)])

    def _purge(self, ids: Sequence[JobId]) -> Moved:
        times = self._database.engine.times
        return self._database.write(
            lambda c: removing.remove(c, dict(times()), "purge", ids, only=DEAD)
        )


def _parts(ids: Iterator[JobId], size: int) -> Iterator[list[JobId]]:
    part: list[JobId] = []
    for job_id in ids:
        part.append(job_id)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _joined(parts: Sequence[Moved]) -> Moved:
    return Moved(
        done=tuple(job_id for part in parts for job_id in part.done),
        refused=tuple(error for part in parts for error in part.refused),
    )
