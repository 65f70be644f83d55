"""Finishing, and trading ends for claims, inside a transaction that the store has begun."""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from queuectl_store import ledger
from queuectl_store.bell import JOBS, TIMES, WISHES
from queuectl_store.bounds import whole
from queuectl_store.claiming import First, Wish, claim, claim_first
from queuectl_store.clock import Times
from queuectl_store.graph import consequences
from queuectl_store.graph.consequences import Followed
from queuectl_store.job import JobId, WorkerId
from queuectl_store.limits.transaction import ask_to_enter, enter, free_up, lock_counts
from queuectl_store.outcome import Cancelled, Exchange, Finish, Released, Retry, Snoozed
from queuectl_store.rollups import tally
from queuectl_store.rollups.facts import Fact
from queuectl_store.rollups.tally import Tally
from queuectl_store.sql.plain import hot
from queuectl_store.sql.statement import Connection

Run = tuple[JobId, int]

_RUNS_AGAIN = (Retry, Snoozed, Released)


class Recorded(NamedTuple):
    """Finishes refused, all to be counted; and what follows for other jobs.

    Attributes:
        let_go: How many need not wait for what ended.
        asks_runs: Running ones were asked to stop.
    """

    refused: list[Finish]
    counted: Tally
    let_go: int = 0
    asks_runs: bool = False


def trade(
    connection: Connection,
    times: Times,
    worker_id: WorkerId,
    finishes: Sequence[Finish],
    wish: Wish,
    *,
    is_alone: bool,
    first: First | None = None,
) -> tuple[Exchange, int]:
    """Record *finishes* and claim; return also what others are to be told of (bell.py).

    Args:
        first: What a transaction just before has left, which recorded nothing and claimed.
    """
    ending = [each.claim.job for each in finishes]
    asked = ask_to_enter(connection, is_alone=is_alone)
    # Other locks come before those of rows.
    may_admit = enter(connection, asked, ending)
    recorded = _record(connection, times, worker_id, finishes, is_alone=is_alone)
    if may_admit:
        first = None  # until all locks were taken, others may have changed what there is
    elif finishes:
        first = claim_first(connection, times, worker_id, wish)()
    taken = claim(connection, times, worker_id, wish, may_admit=may_admit, first=first)
    recorded.counted.join(taken.counted)
    recorded.counted.write(connection, times)
    freed = recorded.let_go + taken.let_go
    exchange = Exchange(
        claims=taken.claims,
        refused=recorded.refused,
        again=taken.again or freed > len(taken.claims),
        is_held_back=taken.is_held_back,
    )
    has_jobs = freed > len(taken.claims) or any(isinstance(f.outcome, Released) for f in finishes)
    topics = ((has_jobs, JOBS), (taken.has_times, TIMES), (recorded.asks_runs, WISHES))
    return exchange, sum(topic for is_one, topic in topics if is_one)


def finish(
    connection: Connection,
    times: Times,
    worker_id: WorkerId | None,
    finishes: Sequence[Finish],
    *,
    is_alone: bool = False,
) -> Recorded:
    """Record *finishes* whose token is still the job's, and what follows; return the others.

    Args:
        is_alone: No other transaction writes while this one does.
    """
    recorded = _record(connection, times, worker_id, finishes, is_alone=is_alone)
    recorded.counted.write(connection, times)
    return recorded


def _record(
    connection: Connection,
    times: Times,
    worker_id: WorkerId | None,
    finishes: Sequence[Finish],
    *,
    is_alone: bool,
) -> Recorded:
    if not finishes:
        return Recorded([], Tally())
    lock_counts(connection, (each.claim.job for each in finishes))
    # In the order of ids, as everybody locks jobs.
    finishes = sorted(finishes, key=lambda each: each.claim.job.id)
    # Of one row alone nobody waits for the other: the finish locks it itself.
    has_others = len(finishes) > 1 and not is_alone
    if has_others or any(isinstance(each.outcome, _RUNS_AGAIN) for each in finishes):
        finishes = _heeding_cancels(connection, finishes)
    ended = hot.ENDED.put(connection, ledger.endings(finishes))
    moved = hot.FINISH.run(connection, {**ended, **times}).all()
    # By token too: a worker may hold the old claim and the new one of the same job.
    done = {(row.id, row.token) for row in moved}
    refused, kept = [finish for finish in finishes if _run(finish) not in done], finishes
    if refused:
        kept = [finish for finish in finishes if _run(finish) in done]
        ended = hot.ENDED.put(connection, ledger.endings(kept))
        refused = _not_recorded(connection, worker_id, refused)
    counted, followed = tally.fact(Fact.RESULT_FENCED, n=len(refused)), Followed()
    if done:
        # One time for all of the batch, by which the durations that are counted are those recorded.
        at = max(row.at for row in moved)
        values = {**ended, "worker": worker_id, **times, "now": at}
        hot.WRITE_ATTEMPTS.run(connection, values)
        hot.WRITE_ENDINGS.run(connection, values)
        counted.join(tally.ended(kept, at=at))
        followed = consequences.follow(connection, times, moved)
    let_go = followed.freed + free_up(connection, (each.claim.job for each in kept))
    return Recorded(refused, counted, let_go, followed.asks_runs)


def _heeding_cancels(connection: Connection, finishes: Sequence[Finish]) -> Sequence[Finish]:
    rows = hot.LOCK_RUNS.run(connection, {"runs": runs_json(map(_run, finishes))})
    if not any(isinstance(each.outcome, _RUNS_AGAIN) for each in finishes):
        return finishes
    # Whoever was told that a running job will stop must not see it run again (reliability P9).
    cancelled = {(row.id, row.token) for row in rows if row.cancel_requested}
    return [
        each._replace(outcome=Cancelled())
        if _run(each) in cancelled and isinstance(each.outcome, _RUNS_AGAIN)
        else each
        for each in finishes
    ]


def _not_recorded(
    connection: Connection, worker_id: WorkerId | None, refused: Sequence[Finish]
) -> list[Finish]:
    # After a lost reply to COMMIT the same finish comes again: its own row says that it was
    # recorded, perhaps as cancelled. A rescuer's row has the same token but says `crashed`.
    rows = hot.RECORDED.run(connection, {"runs": runs_json(map(_run, refused))})
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
