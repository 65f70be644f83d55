"""What people and programs look at. No read holds its transaction longer than it runs."""

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from queuectl_store import reasons, records
from queuectl_store.bounds import clean, whole
from queuectl_store.demands import MOST_SLOTS
from queuectl_store.errors import UnknownGroup, UnknownJob
from queuectl_store.filtering import JobFilter, conditions
from queuectl_store.graph import bonds
from queuectl_store.job import Attempt, Job, JobId, Worker
from queuectl_store.rollups.reading import depths
from queuectl_store.source import Source
from queuectl_store.sql.plain import filters
from queuectl_store.sql.plain import read as sql
from queuectl_store.sql.statement import Condition, Connection
from queuectl_store.states import WAITING, JobState, Verb

if TYPE_CHECKING:
    # Imported where they are made: who lists jobs waits for none of them (decision 24).
    from queuectl_store.events import Event
    from queuectl_store.explanation import Explanation
    from queuectl_store.feed import Cursor, Page
    from queuectl_store.graph.group import Group
    from queuectl_store.limits.queues import Queue, ResourceUse

_LAST_ID = 2**63 - 1


class Reader:
    """Reads jobs, attempts, workers and events."""

    def __init__(self, database: Source) -> None:
        self._database = database

    def get(self, job_id: JobId) -> Job:
        """Return one job with its latest ended attempt.

        Raises:
            UnknownJob: There is none of that id.
        """
        found = self.find([job_id])
        if not found:
            raise UnknownJob(job_id)
        return found[0]

    def find(self, ids: Sequence[JobId]) -> list[Job]:
        """Return those of *ids* that exist, in the order asked."""
        wanted = json.dumps([{"n": n, "id": whole(each)} for n, each in enumerate(ids)])
        with self._database.read() as connection:
            rows = sql.JOBS_BY_ID.run(connection, {"wanted": wanted}).all()
            return _jobs(connection, rows)

    def page(self, chosen: JobFilter, *, limit: int = 50, before: JobId | None = None) -> list[Job]:
        """Return up to *limit* jobs, newest first, those with ids under *before*."""
        wanted = conditions(chosen)
        if before is not None:
            wanted.append(Condition(filters.BEFORE, {"before": before}))
        with self._database.read() as connection:
            rows = sql.PAGE.run(connection, {"at_most": limit}, where=wanted).all()
            return _jobs(connection, rows)

    def attempts(self, job_id: JobId) -> list[Attempt]:
        """Return the ended attempts of a job, oldest first."""
        with self._database.read() as connection:
            rows = sql.ATTEMPTS.run(connection, {"job": job_id}).all()
        return [records.attempt(row) for row in rows]

    def workers(self, *, all: bool = False) -> list[Worker]:  # noqa: A002 (the option's name)
        """Return the workers whose lease runs, or, with *all*, every worker there ever was."""
        statement = sql.WORKERS if all else sql.LIVE_WORKERS
        with self._database.read() as connection:
            rows = statement.run(connection, self._database.engine.times()).all()
        return [records.worker(row) for row in rows]

    def groups(self, *, limit: int = 50, before: int = _LAST_ID) -> "list[Group]":
        """Return up to *limit* groups with ids under *before*, newest first, with counts."""
        from queuectl_store.graph import counted

        with self._database.read() as connection:
            return counted.newest(connection, limit=limit, before=before)

    def group(self, name: str) -> "Group":
        """Return one group with its counts.

        Raises:
            UnknownGroup: There is none of that name.
        """
        from queuectl_store.graph import counted

        with self._database.read() as connection:
            found = counted.named(connection, [name])
        if not found:
            raise UnknownGroup(name)
        return found[0]

    def blockers(self, ids: Collection[JobId]) -> dict[int, tuple[JobId, ...]]:
        """Return the parents for which each of *ids* waits; of OR, those that may still do."""
        with self._database.read() as connection:
            return bonds.blockers(connection, ids)

    def counts(self) -> dict[str, dict[JobState, int]]:
        """Return how many jobs each queue has in each state; states without jobs are left out."""
        with self._database.read() as connection:
            return depths(connection)

    def queues(self) -> "list[Queue]":
        """Return every queue that has jobs or limits, with its counts."""
        from queuectl_store.limits import overview

        with self._database.read() as connection:
            return overview.queues(connection, self._database.engine.times())

    def resources(self) -> "list[ResourceUse]":
        """Return every resource that is there or that a job waits for."""
        from queuectl_store.limits import overview

        with self._database.read() as connection:
            return overview.resources(connection)

    def events(
        self, *, after: int = 0, job_id: JobId | None = None, limit: int = 1000
    ) -> "list[Event]":
        """Return up to *limit* events with ids above *after*, oldest first.

        To look at a job's history. On PostgreSQL ids become visible out of order: whoever
        follows the log takes `feed`.
        """
        values = {"after": after, "at_most": limit}
        with self._database.read() as connection:
            if job_id is None:
                rows = sql.EVENTS.run(connection, values).all()
            else:
                rows = sql.EVENTS_OF_JOB.run(connection, {**values, "job": job_id}).all()
        return [records.event(row) for row in rows]

    def feed(self, after: "Cursor | None" = None, *, limit: int = 1000) -> "Page":
        """Return up to *limit* events after a cursor; None is the oldest that is kept.

        Whoever goes on from cursor to cursor gets every event exactly once.

        Raises:
            InvalidCursor: It is not a cursor of this store.
        """
        from queuectl_store.feed import Feed

        return Feed(self._database).page(after, limit)

    def newest_events(self, limit: int) -> "Page":
        """Return the last *limit* events, oldest first, with the cursor to follow from."""
        from queuectl_store.feed import Feed

        return Feed(self._database).newest(limit)

    def event_counts(self, *, since_ms: int) -> dict[Verb, int]:
        """Count the moves since *since_ms* (UTC milliseconds), by verb."""
        with self._database.read() as connection:
            values = {"from_id": _first_since(connection, since_ms), "since": since_ms}
            rows = sql.MOVES_SINCE.run(connection, values).all()
        return {Verb(row.verb): row.n for row in rows}

    def reasons(self, jobs: Sequence[Job]) -> dict[JobId, str]:
        """Say why jobs are where they are, for those whose state does not say all."""
        waits = any(job.state in WAITING for job in jobs)
        workers = self.workers() if waits else []
        now = self.now_ms() if waits else 0
        with self._database.read() as connection:
            held = _limit_reasons(connection, jobs, now)
            blocked = [job.id for job in jobs if job.state is JobState.BLOCKED]
            after = bonds.blockers(connection, blocked)
        told = (
            (
                job.id,
                reasons.reason(
                    job,
                    workers,
                    now_ms=now,
                    limit=held.get(job.id),
                    blockers=after.get(job.id, ()),
                ),
            )
            for job in jobs
        )
        return {job_id: text for job_id, text in told if text is not None}

    def why(self, job_id: JobId) -> "Explanation":
        """Say why a job is where it is, and what would change it.

        Raises:
            UnknownJob: There is none of that id.
        """
        from queuectl_store import why

        job, workers = self.get(job_id), self.workers()
        reason = self.reasons([job]).get(job.id)
        with self._database.read() as connection:
            return why.explain(connection, job, workers, reason=reason)

    def work_left(self, queues: Collection[str] | None = None, *, slots: int | None = None) -> bool:
        """Tell whether any job of *queues* (None: of all) runs, or will without a person's help.

        A pending or retrying one in a paused queue does not count, nor one that asks for a
        resource that is not there, or for more than *slots* slots.
        """
        values: dict[str, object] = {"widest": MOST_SLOTS if slots is None else slots}
        with self._database.read() as connection:
            if queues is None:
                return bool(sql.WORK_LEFT.run(connection, values).scalar_one())
            values["queues"] = json.dumps([{"name": clean(name)} for name in queues])
            return bool(sql.WORK_LEFT_IN.run(connection, values).scalar_one())

    def version(self) -> int:
        """Return a number that changes when anybody commits; cheap enough to poll."""
        return self._database.engine.version()

    def last_job_id(self) -> JobId:
        """Return the highest id that a job ever had, though it may be pruned; 0 for none."""
        with self._database.read() as connection:
            return JobId(sql.LAST_JOB_ID.run(connection).scalar_one())

    def now_ms(self) -> int:
        """Return the store's wall clock in UTC milliseconds."""
        with self._database.read() as connection:
            times = self._database.engine.times()
            return int(sql.NOW.run(connection, times).scalar_one())


def _jobs(connection: Connection, rows: Sequence[Any]) -> list[Job]:
    after = bonds.parents(connection, rows)
    return [records.job_with_last(row, after=after.get(row.id, ())) for row in rows]


def _limit_reasons(connection: Connection, jobs: Sequence[Job], now_ms: int) -> dict[JobId, str]:
    if not any(job.state is JobState.PENDING for job in jobs):
        return {}
    from queuectl_store.limits.reasons import limit_reasons

    return limit_reasons(connection, jobs, now_ms=now_ms)


def _first_since(connection: Connection, since_ms: int) -> int:
    low, high = sql.EVENT_IDS.run(connection).one()
    if low is None:
        return 0
    while low < high:
        middle = (low + high) // 2
        at = sql.EVENT_AT.run(connection, {"from_id": middle}).scalar_one()
        low, high = (middle + 1, high) if at < since_ms else (low, middle)
    return int(low)
