"""Finishing and claiming, inside a transaction that the store has begun."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from queuectl_store import ledger, records
from queuectl_store.bounds import whole
from queuectl_store.job import Claim, JobId, WorkerId
from queuectl_store.ledger import Moved
from queuectl_store.outcome import Cancelled, Finish, Released, Retry, Snoozed
from queuectl_store.sql import hot
from queuectl_store.states import TRANSITIONS, Verb

Run = tuple[JobId, int]
Times = dict[str, Any]

_RUNS_AGAIN = (Retry, Snoozed, Released)


def write_moves(connection: sa.Connection, times: Times, moved: Sequence[Moved]) -> None:
    """Write one event for each of *moved*, in the transaction that made them."""
    if moved:
        connection.execute(hot.WRITE_EVENTS, {"moves": ledger.moves(moved), **times})


def claim(
    connection: sa.Connection,
    times: Times,
    worker_id: WorkerId,
    limit: int,
    queues: Collection[str] | None,
) -> list[Claim]:
    """Take up to *limit* pending jobs, from the queue whose best job is best first."""
    claims: list[Claim] = []
    if limit <= 0:
        return claims
    heads = connection.execute(hot.PENDING_QUEUES).all()
    for head in sorted(heads, key=lambda row: (-row.priority, row.id)):
        if len(claims) < limit and (queues is None or head.queue in queues):
            room = {"from_queue": head.queue, "at_most": limit - len(claims)}
            rows = connection.execute(hot.CLAIM, {"worker": worker_id, **room, **times})
            taken = [records.claim(row) for row in rows]
            claims += sorted(taken, key=lambda claim: (-claim.job.priority, claim.job.id))
    state = TRANSITIONS[Verb.CLAIM].target
    moved = [
        Moved(claim.job.id, Verb.CLAIM, state, claim.job.attempt, worker_id) for claim in claims
    ]
    write_moves(connection, times, moved)
    return claims


def finish(
    connection: sa.Connection,
    times: Times,
    worker_id: WorkerId | None,
    finishes: Sequence[Finish],
) -> list[Finish]:
    """Record *finishes* whose token is still the job's; return the others."""
    if not finishes:
        return []
    finishes = _heeding_cancels(connection, finishes)
    rows = ledger.endings(worker_id, finishes)
    done = set(connection.execute(hot.FINISH, {"ended": rows, **times}).scalars())
    refused = [finish for finish in finishes if finish.claim.job.id not in done]
    if refused:
        kept = [finish for finish in finishes if finish.claim.job.id in done]
        rows = ledger.endings(worker_id, kept)
        refused = _not_recorded(connection, worker_id, refused)
    if done:
        connection.execute(hot.WRITE_ATTEMPTS, {"ended": rows, **times})
        connection.execute(hot.WRITE_ENDINGS, {"ended": rows, **times})
    return refused


def _heeding_cancels(connection: sa.Connection, finishes: Sequence[Finish]) -> Sequence[Finish]:
    # Whoever was told that a running job will stop must not see it run again (reliability P9).
    rows = connection.execute(hot.LOCK_RUNS, {"runs": runs_json(map(_run, finishes))})
    cancelled = {(row.id, row.token) for row in rows if row.cancel_requested}
    return [
        replace(each, outcome=Cancelled())
        if _run(each) in cancelled and isinstance(each.outcome, _RUNS_AGAIN)
        else each
        for each in finishes
    ]


def _not_recorded(
    connection: sa.Connection, worker_id: WorkerId | None, refused: Sequence[Finish]
) -> list[Finish]:
    # After a lost reply to COMMIT the same finish comes again: its own row says that it was
    # recorded, perhaps as cancelled. A rescuer's row has the same token but says `crashed`.
    rows = connection.execute(hot.RECORDED, {"runs": runs_json(map(_run, refused))})
    known = {(row.job_id, row.token): row.state for row in rows if row.worker_id == worker_id}
    return [
        each
        for each in refused
        if known.get(_run(each)) not in (ledger.recorded_as(each), *_instead(each))
    ]


def _instead(finish: Finish) -> tuple[str, ...]:
    return ("cancelled",) if isinstance(finish.outcome, _RUNS_AGAIN) else ()


def _run(finish: Finish) -> Run:
    return finish.claim.job.id, finish.claim.token


def runs_json(runs: Iterable[Run]) -> str:
    """Return (job id, token) pairs as rows for a statement."""
    rows = [{"job_id": whole(job_id), "token": whole(token)} for job_id, token in runs]
    return json.dumps(rows)
