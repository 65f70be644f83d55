"""What people do to jobs and workers by hand. Each verb goes through the one transition table."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from queuectl_store import ledger, replays, spec
from queuectl_store.database import Database
from queuectl_store.errors import KeyTaken, RefusedInState, StoreError, UnknownJob
from queuectl_store.fingerprint import fingerprint
from queuectl_store.job import JobId, WorkerId
from queuectl_store.ledger import Moved as Move
from queuectl_store.outcome import StopRequest
from queuectl_store.sql import admin as sql
from queuectl_store.sql import hot
from queuectl_store.states import TRANSITIONS, JobState, Verb

_DEAD = frozenset({JobState.DEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an action did: the jobs that it reached, and why it did not reach the others."""

    done: tuple[JobId, ...]
    refused: tuple[StoreError, ...]


class Admin:
    """Moves jobs by hand and asks workers to stop."""

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
        return self._move(Verb.RETRY, ids, pacer=pacer, only=_DEAD)

    def give_up(self, ids: Sequence[JobId], *, reason: str = "given up by a person") -> Moved:
        """Send retrying jobs to the dead letters instead of trying them again."""
        return self._move(Verb.GIVE_UP, ids, reason)

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

    def _move(
        self,
        verb: Verb,
        ids: Sequence[JobId],
        reason: str | None = None,
        *,
        pacer: str | None = None,
        only: frozenset[JobState] | None = None,
    ) -> Moved:
        statement = sql.MOVES[verb] if only is None else sql.RETRY_DEAD

        def work(connection: sa.Connection) -> Moved:
            times = dict(self._database.engine.times())
            values = {"targets": _targets(ids), "because": spec.clean(reason), **times}
            values["targets"] = _prepared(connection, values, verb, ids)
            if only is not None:
                values["pacer"] = pacer
            rows = list(connection.execute(statement, values))
            done = {row.id for row in rows}
            if verb is Verb.CANCEL:
                done |= set(connection.execute(sql.ASK_TO_CANCEL, values).scalars())
                # On PostgreSQL a run may have ended, to run again, while the question waited.
                rows += connection.execute(sql.MOVES[verb], values).all()
                done |= {row.id for row in rows}
            if rows and pacer is not None:
                replays.pace(connection, times, pacer)
            _write_events(connection, times, verb, rows, reason)
            return _report(connection, verb, ids, done, only)

        moved = self._database.write(work)
        self._database.engine.notify()
        return moved


def _prepared(
    connection: sa.Connection, values: dict[str, Any], verb: Verb, ids: Sequence[JobId]
) -> str:
    """Return the rows of *ids* for the statement of *verb*."""
    if verb in sql.AGAIN:
        return _targets(one_of_each_slot(connection, values, verb, ids))
    if verb is Verb.GIVE_UP:
        errors = connection.execute(sql.LAST_ERRORS, values)
        return json.dumps([{"id": row.id, "fingerprint": fingerprint(row.error)} for row in errors])
    return str(values["targets"])


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


def _report(
    connection: sa.Connection,
    verb: Verb,
    ids: Sequence[JobId],
    done: set[JobId],
    only: frozenset[JobState] | None,
) -> Moved:
    missed = [job_id for job_id in ids if job_id not in done]
    refused = refusals(connection, verb, missed, only=only) if missed else ()
    return Moved(done=tuple(job_id for job_id in ids if job_id in done), refused=tuple(refused))


def one_of_each_slot(
    connection: sa.Connection, values: dict[str, Any], verb: Verb, ids: Sequence[JobId]
) -> Sequence[JobId]:
    """Free what is over of the slots of *ids*, and leave out all but the oldest of a slot."""
    connection.execute(sql.FREE_EXPIRED_OF, values)
    first: dict[str, int] = {}
    twins: set[int] = set()
    for row in connection.execute(sql.SLOTS_OF, values):
        if (
            row.state in TRANSITIONS[verb].sources
            and first.setdefault(row.unique_slot, row.id) != row.id
        ):
            twins.add(row.id)
    return [each for each in ids if each not in twins]


def refusals(
    connection: sa.Connection,
    verb: Verb | str,
    missed: Sequence[JobId],
    *,
    only: frozenset[JobState] | None = None,
) -> Iterable[StoreError]:
    """Say for each of *missed* why *verb*, which *only* reaches such states, did not reach it."""
    values = {"targets": _targets(missed)}
    states = {row.id: row.state for row in connection.execute(sql.STATES_OF, values)}
    holders: dict[int, Any] = {}
    if verb in sql.AGAIN:
        holders = {row.id: row for row in connection.execute(sql.HOLDERS_OF, values)}
    allowed = set(TRANSITIONS[Verb(verb)].sources if only is None else only)
    return [_refusal(verb, each, states.get(each), holders.get(each), allowed) for each in missed]


def _refusal(
    verb: Verb | str, job_id: JobId, state: str | None, held: Any, allowed: set[JobState]
) -> StoreError:
    if state is None:
        return UnknownJob(job_id)
    if held is not None and state in allowed:
        return KeyTaken(job_id, verb, held.unique_key, held.holder)
    if verb is Verb.CANCEL:
        allowed = allowed | {JobState.RUNNING}
    return RefusedInState(job_id, verb, state, sorted(allowed))


def _targets(ids: Sequence[int]) -> str:
    return json.dumps([{"id": each} for each in ids])
