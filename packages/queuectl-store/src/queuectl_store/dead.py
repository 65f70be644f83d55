"""The dead letter queue: jobs that failed for good, grouped by their fault, retried or purged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa

from queuectl_store import records, replays
from queuectl_store.admin import Admin
from queuectl_store.database import Database
from queuectl_store.editing import Edit
from queuectl_store.errors import StillNeeded, StoreError
from queuectl_store.job import Job, JobId
from queuectl_store.limits.rates import Rate
from queuectl_store.moving import DEAD, Moved, refusals, targets_of
from queuectl_store.reader import JobFilter, conditions
from queuectl_store.sql import dead as sql

_MOVED_AT_ONCE = 1_000
_PURGED_AT_ONCE = 200

# By ids, or all that a filter lets through: one with a fingerprint is a group.
Chosen = Sequence[JobId] | JobFilter


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadGroup:
    """Dead jobs whose errors are one fault.

    Attributes:
        error: That of its newest job.
        first_seen, last_seen: When the first and the latest of them died, UTC milliseconds.
        ids: All of them, oldest first.
    """

    fingerprint: str | None
    error: str | None
    count: int
    first_seen: int
    last_seen: int
    ids: tuple[JobId, ...]


class DeadLetters:
    """Lists, retries and purges dead jobs; nothing here reaches a job in another state."""

    def __init__(self, database: Database, admin: Admin) -> None:
        self._database, self._admin = database, admin

    def groups(self, chosen: JobFilter | None = None) -> list[DeadGroup]:
        """Return every group, the largest first."""
        wanted = conditions(_dead(chosen or JobFilter()))
        members: dict[str | None, list[JobId]] = {}
        with self._database.read() as connection:
            groups = connection.execute(sql.GROUPS.where(*wanted)).all()
            for row in connection.execute(sql.MEMBERS.where(*wanted)):
                members.setdefault(row.fingerprint, []).append(row.id)
            targets = targets_of([row.newest for row in groups])
            newest = connection.execute(sql.NEWEST, {"targets": targets}).all()
        errors = {row.id: _error(records.job_with_last(row)) for row in newest}
        found = [
            DeadGroup(
                fingerprint=row.fingerprint,
                error=errors[row.newest],
                count=len(members[row.fingerprint]),
                first_seen=row.first_seen,
                last_seen=row.last_seen,
                ids=tuple(members[row.fingerprint]),
            )
            for row in groups
        ]
        return sorted(found, key=lambda group: (group.count, group.last_seen or 0), reverse=True)

    def ids(self, chosen: Chosen) -> Iterator[JobId]:
        """Yield the ids that *chosen* names, oldest first where it is a filter."""
        if not isinstance(chosen, JobFilter):
            yield from dict.fromkeys(chosen)
            return
        query = sql.IDS.where(*conditions(_dead(chosen)))
        after = 0
        while True:
            with self._database.read() as connection:
                values = {"after": after, "at_most": _MOVED_AT_ONCE}
                found = connection.execute(query, values).scalars().all()
            yield from found
            if not found:
                return
            after = found[-1]

    def retry(self, chosen: Chosen, *, rate: Rate | None = None) -> Moved:
        """Run dead jobs again with a full new allowance; attempts go on counting.

        In batches: what was done when an error ends it stays done.

        Args:
            rate: How fast they may start; the oldest go first. None: all at once.
        """
        pacer = None if rate is None else replays.name_of(rate)
        parts = [
            self._admin.retry_dead(part, pacer=pacer)
            for part in _parts(self.ids(chosen), _MOVED_AT_ONCE)
        ]
        return _joined(parts)

    def edit_and_retry(self, job_id: JobId, edit: Edit) -> Moved:
        """Change a dead job and run it again, both or neither.

        Raises:
            InvalidJob: It cannot be stored as it would be then.
        """
        return self._admin.edit_and_retry(job_id, edit)

    def purge(self, chosen: Chosen) -> Moved:
        """Delete dead jobs with their attempts and events, for good.

        One that a job waits for which has not ended is refused.
        """
        return _joined([self._purge(part) for part in _parts(self.ids(chosen), _PURGED_AT_ONCE)])

    def _purge(self, ids: Sequence[JobId]) -> Moved:
        def work(connection: sa.Connection) -> Moved:
            locked = connection.execute(sql.LOCK, {"targets": targets_of(ids)}).scalars().all()
            targets = {"targets": targets_of(locked)}
            needed = {
                row.parent_id: StillNeeded(row.parent_id, row.child_id)
                for row in connection.execute(sql.CHILDREN, targets)
            }
            done = {job_id for job_id in locked if job_id not in needed}
            for statement in _DELETES:
                connection.execute(statement, {"targets": targets_of(sorted(done))})
            missed = [each for each in ids if each not in done and each not in needed]
            refused: list[StoreError] = [*needed.values()]
            if missed:
                refused += refusals(connection, "purge", missed, only=DEAD)
            return Moved(done=tuple(each for each in ids if each in done), refused=tuple(refused))

        return self._database.write(work)


_DELETES = (sql.DELETE_EDGES, sql.DELETE_ATTEMPTS, sql.DELETE_EVENTS, sql.DELETE_JOBS)


def _dead(chosen: JobFilter) -> JobFilter:
    return replace(chosen, states=DEAD)


def _error(job: Job) -> str | None:
    return (job.last and job.last.error) or job.note


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
