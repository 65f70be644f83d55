"""The statements of the hot path: events, finish; see enqueue.py and claim.py too.

Built once, since building one costs three times its execution. Each write of a batch is one
statement over one JSON parameter. States stand in the text as literals: a bound parameter
cannot use a partial index.
"""

from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.kinds import Small, Whole, Words
from queuectl_store.sql.rows import Batch, KeptBatch, NowMs, NowOnceMs, Transaction
from queuectl_store.sql.shared import Shared
from queuectl_store.sql.tables import attempts, events, jobs
from queuectl_store.states import FINAL

BIG, INT, TEXT = Whole(), Small(), Words()

EVENTS = Batch("moves", job_id=BIG, verb=TEXT, state=TEXT, attempt=INT, worker_id=BIG, note=TEXT)
ENDED = KeptBatch(
    "ended",
    job_id=BIG,
    token=BIG,
    verb=TEXT,
    state=TEXT,
    # 1: the run uses no attempt. Null is 0, as for `crash`.
    unused=INT,
    crash=INT,
    delay_ms=BIG,
    note=TEXT,
    result=TEXT,
    fingerprint=TEXT,
    number=INT,
    recorded=TEXT,
    started_at=BIG,
    exit_code=BIG,
    signal=INT,
    error=TEXT,
    max_rss=BIG,
    cpu_ms=BIG,
    log_bytes=BIG,
    log_lost=BIG,
    run_ms=BIG,
)
KEYS = Batch("keys", key=TEXT)
RUNS = Batch("runs", job_id=BIG, token=BIG)


def is_in(*states: str) -> sa.ColumnElement[bool]:
    """Test `jobs.state` against literals, in the words of the partial indexes."""
    if len(states) == 1:
        return jobs.c.state == sa.literal_column(f"'{states[0]}'")
    return jobs.c.state.in_([sa.literal_column(f"'{state}'") for state in states])


def literal(state: str) -> sa.ColumnElement[str]:
    """Write a state into the text of a statement."""
    return sa.literal_column(f"'{state}'", TEXT)


ZERO, ONE = sa.literal_column("0", INT), sa.literal_column("1", INT)
# The state alone says whether a unique key is taken, unless it was to last for a time.
HAS_RUN_ITS_TIME = sa.or_(jobs.c.unique_until.is_(None), jobs.c.unique_until <= NowMs())
# In the words of the index of what may be claimed: a job that waits for a limit is not in it.
IS_CLAIMABLE = sa.and_(is_in("pending"), jobs.c.waits_for.is_(None))


JOBS_BY_KEY = sa.select(jobs.c.id, jobs.c.key).join(KEYS, KEYS.c.key == jobs.c.key)


def events_of(c: Any, *more: str) -> sa.Insert:
    """Make the insert of events whose columns, and *more*, are read from *c*."""
    columns = ["job_id", "verb", "state", "attempt", *more]
    return sa.insert(events).from_select(
        ["at", *columns, "tx"],
        sa.select(NowOnceMs(), *(getattr(c, name) for name in columns), Transaction()),
        include_defaults=False,
    )


WRITE_EVENTS = events_of(EVENTS.c, "worker_id", "note")
# Of the same move of several jobs, and of one, by nobody and without a note: binding a null
# takes Python's module as long as three values.
WRITE_SAME_EVENTS = events_of(Shared(EVENTS, "job_id").c)
WRITE_EVENT = events_of(Shared(EVENTS).c)

_ended = ENDED.only(
    *("job_id", "token", "state", "unused", "crash", "delay_ms", "note", "result", "fingerprint")
)
_is_final = _ended.c.state.in_([literal(state) for state in sorted(FINAL)])
_worker = sa.bindparam("worker", type_=BIG)
FINISH = (
    sa.update(jobs)
    .where(
        jobs.c.id == _ended.c.job_id,
        jobs.c.token == _ended.c.token,
        is_in("running"),
    )
    .values(
        state=_ended.c.state,
        attempt=jobs.c.attempt - sa.func.coalesce(_ended.c.unused, ZERO),
        crashes=jobs.c.crashes + sa.func.coalesce(_ended.c.crash, ZERO),
        run_at=sa.func.coalesce(NowOnceMs() + _ended.c.delay_ms, jobs.c.run_at),
        started_at=sa.case(
            (_ended.c.state == literal("pending"), sa.null()), else_=jobs.c.started_at
        ),
        finished_at=sa.case((_is_final, NowOnceMs()), else_=sa.null()),
        # One that is given back waits from now on.
        pending_at=sa.case(
            (_ended.c.state == literal("pending"), NowOnceMs()), else_=jobs.c.pending_at
        ),
        cancel_requested=0,
        note=_ended.c.note,
        result=_ended.c.result,
        allotted=None,
        fingerprint=_ended.c.fingerprint,
        unique_live=sa.case((sa.and_(_is_final, HAS_RUN_ITS_TIME), ZERO), else_=jobs.c.unique_live),
        children_due=sa.case((_is_final, jobs.c.has_children), else_=jobs.c.children_due),
    )
    .returning(
        jobs.c.id,
        jobs.c.token,
        jobs.c.state,
        jobs.c.children_due,
        jobs.c.group_id,
        NowOnceMs().label("at"),
    )
)

_ATTEMPT = (
    "job_id",
    "token",
    "number",
    "started_at",
    "exit_code",
    "signal",
    "error",
    "max_rss",
    "cpu_ms",
    "log_bytes",
    "log_lost",
)
_attempts = ENDED.only(*_ATTEMPT, "recorded", "run_ms")
# The same as `ended_at` of rollups/tally.py, by which the histograms count.
_run_end = _attempts.c.started_at + _attempts.c.run_ms
WRITE_ATTEMPTS = sa.insert(attempts).from_select(
    [*_ATTEMPT, "state", "worker_id", "finished_at"],
    sa.select(
        *(_attempts.c[name] for name in _ATTEMPT),
        _attempts.c.recorded,
        _worker,
        sa.case((_run_end < NowOnceMs(), _run_end), else_=NowOnceMs()),
    ),
    include_defaults=False,
)
_endings = ENDED.only("job_id", "verb", "state", "number", "unused", "note")
WRITE_ENDINGS = sa.insert(events).from_select(
    ["at", "job_id", "verb", "state", "attempt", "worker_id", "note", "tx"],
    sa.select(
        NowOnceMs(),
        _endings.c.job_id,
        _endings.c.verb,
        _endings.c.state,
        _endings.c.number - sa.func.coalesce(_endings.c.unused, ZERO),
        _worker,
        _endings.c.note,
        Transaction(),
    ),
    include_defaults=False,
)
# Locked, so that a cancel that comes now finds what the finish made of the job; in the order in
# which everybody locks jobs, so that no two batches wait for one another in a circle.
LOCK_RUNS = (
    sa.select(jobs.c.id, jobs.c.token, jobs.c.cancel_requested)
    .join(RUNS, sa.and_(RUNS.c.job_id == jobs.c.id, RUNS.c.token == jobs.c.token))
    .where(is_in("running"))
    .order_by(jobs.c.id)
    .with_for_update(of=jobs)
)
RECORDED = sa.select(
    attempts.c.job_id, attempts.c.token, attempts.c.state, attempts.c.worker_id
).join(
    RUNS,
    sa.and_(RUNS.c.job_id == attempts.c.job_id, RUNS.c.token == attempts.c.token),
)
