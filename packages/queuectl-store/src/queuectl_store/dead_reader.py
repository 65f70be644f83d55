"""The dead letter queue as it is read: its jobs' ids, and what they have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from queuectl_store import records
from queuectl_store.filtering import JobFilter, conditions
from queuectl_store.graph.ids import id_rows
from queuectl_store.job import Job, JobId
from queuectl_store.source import Source
from queuectl_store.sql.plain import dead as sql
from queuectl_store.states import JobState
from queuectl_store.values import dataclass

MOVED_AT_ONCE = 1_000

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


class DeadReader:
    """Reads the dead letter queue."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def groups(self, chosen: JobFilter | None = None) -> list[DeadGroup]:
        """Return every group, the largest first."""
        wanted = conditions(_dead(chosen or JobFilter()))
        members: dict[str | None, list[JobId]] = {}
        with self._source.read() as connection:
            groups = sql.GROUPS.run(connection, where=wanted).all()
            for row in sql.MEMBERS.run(connection, where=wanted):
                members.setdefault(row.fingerprint, []).append(row.id)
            targets = id_rows([row.newest for row in groups])
            newest = sql.NEWEST.run(connection, {"targets": targets}).all()
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
        wanted = conditions(_dead(chosen))
        after = 0
        while True:
            with self._source.read() as connection:
                values = {"after": after, "at_most": MOVED_AT_ONCE}
                found = sql.IDS.run(connection, values, where=wanted).scalars().all()
            yield from found
            if not found:
                return
            after = found[-1]


def _dead(chosen: JobFilter) -> JobFilter:
    return replace(chosen, states=(JobState.DEAD,))


def _error(job: Job) -> str | None:
    return (job.last and job.last.error) or job.note
