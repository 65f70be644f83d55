"""What people do to jobs and workers by hand. Each verb goes through the one transition table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from queuectl_store import consequences, ledger, spec
from queuectl_store.bounds import whole
from queuectl_store.consequences import follow_afresh
from queuectl_store.database import Database
from queuectl_store.errors import RefusedInState, StoreError, UnknownJob
from queuectl_store.job import JobId, WorkerId
from queuectl_store.ledger import Moved as Move
from queuectl_store.outcome import StopRequest
from queuectl_store.queue_admin import QueueAdmin
from queuectl_store.sql import admin as sql
from queuectl_store.sql import hot
from queuectl_store.states import TRANSITIONS, JobState, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an action did: the jobs that it reached, and why it did not reach the others."""

    done: tuple[JobId, ...]
    refused: tuple[StoreError, ...]


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

    def stop_workers(
        self, ids: Sequence[WorkerId] | None = None, *, now: bool = False
    ) -> list[WorkerId]:
        """Ask workers (None: all that live) to stop; *now* kills their jobs and gives them back.

        Returns:
            Those that were asked; one that is unknown or has ended is not among them.
        """

        def work(connection: sa.Connection) -> list[WorkerId]:
            wanted = ids
            if wanted is None:
                wanted = list(connection.execute(sql.LIVE_WORKERS).scalars())
            how = StopRequest.NOW if now else StopRequest.DRAIN
            values = {"targets": _targets(wanted), "how": how.value}
            return sorted(connection.execute(sql.STOP_WORKERS, values).scalars())

        asked = self._database.write(work, repeatable=True)
        self._database.engine.notify()
        return asked

    def _move(self, verb: Verb, ids: Sequence[JobId], reason: str | None = None) -> Moved:
        def work(connection: sa.Connection) -> Moved:
            times = dict(self._database.engine.times())
            values = {"targets": _targets(ids), "because": spec.clean(reason), **times}
            connection.execute(sql.LOCK_JOBS, values)
            rows = list(connection.execute(sql.MOVES[verb], values))
            done = {row.id for row in rows}
            if verb is Verb.CANCEL:
                done |= set(connection.execute(sql.ASK_TO_CANCEL, values).scalars())
                # On PostgreSQL a run may have ended, to run again, while the question waited.
                rows += connection.execute(sql.MOVES[verb], values).all()
                done |= {row.id for row in rows}
            _write_events(connection, times, verb, rows, reason)
            follow = follow_afresh if verb in (Verb.RETRY, Verb.RERUN) else consequences.follow
            follow(connection, times, rows)
            return _report(connection, verb, ids, done)

        moved = self._database.write(work)
        self._database.engine.notify()
        return moved


def _write_events(
    connection: sa.Connection,
    times: dict[str, Any],
    verb: Verb,
    rows: Sequence[Any],
    reason: str | None,
) -> None:
    if rows:
        note = spec.clean(reason)
        moved = [Move(row.id, verb, row.state, row.attempt, note=note) for row in rows]
        connection.execute(hot.WRITE_EVENTS, {"moves": ledger.moves(moved), **times})


def _report(connection: sa.Connection, verb: Verb, ids: Sequence[JobId], done: set[JobId]) -> Moved:
    missed = [job_id for job_id in ids if job_id not in done]
    states: dict[int, str] = {}
    if missed:
        rows = connection.execute(sql.STATES_OF, {"targets": _targets(missed)})
        states = {row.id: row.state for row in rows}
    return Moved(
        done=tuple(job_id for job_id in ids if job_id in done),
        refused=tuple(_refusal(verb, job_id, states.get(job_id)) for job_id in missed),
    )


def _refusal(verb: Verb, job_id: JobId, state: str | None) -> StoreError:
    if state is None:
        return UnknownJob(job_id)
    allowed = set(TRANSITIONS[verb].sources)
    if verb is Verb.CANCEL:
        allowed.add(JobState.RUNNING)
    return RefusedInState(job_id, verb, state, sorted(allowed))


def _targets(ids: Sequence[int]) -> str:
    return json.dumps([{"id": whole(each)} for each in ids])
