"""Moving jobs by hand, inside a transaction: each verb by the one table, and why it missed some."""

import json
from collections.abc import Sequence
from typing import Any

from queuectl_store import replays, spec
from queuectl_store.bounds import whole
from queuectl_store.clock import Times
from queuectl_store.errors import KeyTaken, RefusedInState, StoreError, UnknownJob
from queuectl_store.fingerprint import fingerprint
from queuectl_store.graph import consequences
from queuectl_store.job import JobId
from queuectl_store.ledger import moved
from queuectl_store.recording import write_moves
from queuectl_store.sql.names import AGAIN
from queuectl_store.sql.plain import admin as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import TRANSITIONS, JobState, Verb
from queuectl_store.values import dataclass

DEAD = frozenset({JobState.DEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What an action did: the jobs that it reached, and why it did not reach the others."""

    done: tuple[JobId, ...]
    refused: tuple[StoreError, ...]


def move(
    connection: Connection,
    times: Times,
    verb: Verb,
    ids: Sequence[JobId],
    reason: str | None = None,
    *,
    pacer: str | None = None,
    only: frozenset[JobState] | None = None,
) -> Moved:
    """Move *ids* by *verb*, as far as their states allow.

    Args:
        pacer: The paced retry that lets them out.
        only: For a retry: dead jobs alone.
    """
    values = {"targets": targets_of(ids), "because": spec.clean(reason), **times}
    sql.LOCK_JOBS.run(connection, values)
    values["targets"] = _prepared(connection, values, verb, ids)
    if only is None:
        rows = list(sql.MOVES[verb].run(connection, values))
    else:
        rows = list(sql.RETRY_DEAD.run(connection, {**values, "pacer": pacer}))
    done = {row.id for row in rows}
    if verb is Verb.CANCEL:
        done |= set(sql.ASK_TO_CANCEL.run(connection, values).scalars())
        # On PostgreSQL a run may have ended, to run again, while the question waited.
        rows += sql.MOVES[verb].run(connection, values).all()
        done |= {row.id for row in rows}
    if rows and pacer is not None:
        replays.pace(connection, times, pacer)
    _write_events(connection, times, verb, rows, reason)
    follow = consequences.follow_afresh if verb in AGAIN else consequences.follow
    follow(connection, times, rows)
    return report(connection, verb, ids, done, only=only)


def _prepared(
    connection: Connection, values: dict[str, Any], verb: Verb, ids: Sequence[JobId]
) -> str:
    """Return the rows of *ids* for the statement of *verb*."""
    if verb in AGAIN:
        return targets_of(one_of_each_slot(connection, values, verb, ids))
    if verb is Verb.GIVE_UP:
        errors = sql.LAST_ERRORS.run(connection, values)
        return json.dumps([{"id": row.id, "fingerprint": fingerprint(row.error)} for row in errors])
    return str(values["targets"])


def _write_events(
    connection: Connection,
    times: Times,
    verb: Verb,
    rows: Sequence[Any],
    reason: str | None,
) -> None:
    note = spec.clean(reason)
    write_moves(connection, times, [moved(row, verb, note=note) for row in rows])


def report(
    connection: Connection,
    verb: Verb,
    ids: Sequence[JobId],
    done: set[JobId],
    *,
    only: frozenset[JobState] | None = None,
) -> Moved:
    """Say which of *ids* were *done*, and of the others why not."""
    missed = [job_id for job_id in ids if job_id not in done]
    refused = refusals(connection, verb, missed, only=only) if missed else ()
    return Moved(done=tuple(job_id for job_id in ids if job_id in done), refused=tuple(refused))


def one_of_each_slot(
    connection: Connection, values: dict[str, Any], verb: Verb, ids: Sequence[JobId]
) -> Sequence[JobId]:
    """Free what is over of the slots of *ids*, and leave out all but the oldest of a slot."""
    sql.FREE_EXPIRED_OF.run(connection, values)
    first: dict[str, int] = {}
    twins: set[int] = set()
    for row in sql.SLOTS_OF.run(connection, values):
        if (
            row.state in TRANSITIONS[verb].sources
            and first.setdefault(row.unique_slot, row.id) != row.id
        ):
            twins.add(row.id)
    return [each for each in ids if each not in twins]


def refusals(
    connection: Connection,
    verb: Verb | str,
    missed: Sequence[JobId],
    *,
    only: frozenset[JobState] | None = None,
) -> list[StoreError]:
    """Say for each of *missed* why *verb*, which *only* reaches such states, did not reach it."""
    values = {"targets": targets_of(missed)}
    states = {row.id: row.state for row in sql.STATES_OF.run(connection, values)}
    holders: dict[int, Any] = {}
    if verb in AGAIN:
        holders = {row.id: row for row in sql.HOLDERS_OF.run(connection, values)}
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


def targets_of(ids: Sequence[int]) -> str:
    """Return *ids* as rows for a statement."""
    return json.dumps([{"id": whole(each)} for each in ids])
