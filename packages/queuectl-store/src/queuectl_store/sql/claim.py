"""The statements by which a worker takes jobs of queues without limits, in one step each."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, IS_CLAIMABLE, ONE, TEXT, ZERO, literal
from queuectl_store.sql.names import OF_A_PLAIN_CLAIM
from queuectl_store.sql.rows import Batch, LeaseNowMs, NowOnceMs, Transaction
from queuectl_store.sql.side_tables import queues
from queuectl_store.sql.tables import events, jobs, workers

# What the whole queue has to be asked for; limits of a key concern guarded jobs alone.
HAS_LIMITS = sa.or_(
    queues.c.state == literal("paused"),
    queues.c.concurrency.is_not(None),
    queues.c.rate.is_not(None),
)

others = jobs.alias("others")

# The queues that have pending jobs, found by hopping over the index: its cost is their number.
_first = sa.select(sa.func.min(jobs.c.queue).label("queue")).where(IS_CLAIMABLE).cte(recursive=True)
_next = (
    sa.select(sa.func.min(jobs.c.queue))
    .where(IS_CLAIMABLE, jobs.c.queue > _first.c.queue)
    .scalar_subquery()
)
_queues = _first.union_all(sa.select(_next).where(_first.c.queue.is_not(None)))


def _of_the_best(column: sa.Column[Any]) -> sa.ScalarSelect[Any]:
    """Read *column* of the first job in the index of what may be claimed.

    It is in that index: of a table without statistics, which a new one has none of, PostgreSQL
    would read every row to join it with a handful.
    """
    return (
        sa.select(column)
        .where(IS_CLAIMABLE, jobs.c.queue == _queues.c.queue)
        .order_by(jobs.c.priority.desc(), jobs.c.id)
        .limit(sa.literal_column("1"))
        .correlate(_queues)
        .scalar_subquery()
    )


_guarded = sa.exists(
    sa.select(sa.literal_column("1"))
    .select_from(others)
    .where(
        # In the words of the index of guarded jobs.
        others.c.state == literal("pending"),
        others.c.waits_for.is_(None),
        others.c.guarded == ONE,
        others.c.queue == _queues.c.queue,
    )
    .correlate(_queues)
)
_best_priority, _best_id = _of_the_best(jobs.c.priority), _of_the_best(jobs.c.id)
_is_open = sa.and_(
    _queues.c.queue.is_not(None),
    sa.func.coalesce(queues.c.state, literal("active")) != literal("paused"),
)
_with_rules = _queues.join(queues, queues.c.name == _queues.c.queue, isouter=True)
PENDING_QUEUES = (
    sa.select(
        _queues.c.queue,
        _best_priority.label("priority"),
        _best_id.label("id"),
        sa.case((sa.or_(HAS_LIMITS, _guarded), ONE), else_=ZERO).label("needs_admission"),
    )
    .select_from(_with_rules)
    .where(_is_open)
)
# Of those that are served; null is all.
SERVED = Batch("served", name=TEXT)
_SET_ASIDE = sa.bindparam("set_aside", type_=TEXT)
BEST_QUEUE = (
    sa.select(_queues.c.queue)
    .select_from(_with_rules)
    .where(
        _is_open,
        sa.or_(SERVED.rows.is_(None), _queues.c.queue.in_(sa.select(SERVED.c.name))),
        sa.or_(_SET_ASIDE.is_(None), _queues.c.queue != _SET_ASIDE),
    )
    .order_by(_best_priority.desc(), _best_id)
    .limit(sa.literal_column("1"))
    .scalar_subquery()
)

IS_CLAIMANT = sa.exists(
    sa.select(sa.literal_column("1")).where(
        workers.c.id == sa.bindparam("worker", type_=BIG),
        workers.c.state == sa.literal_column("'running'"),
        workers.c.boot_id == sa.bindparam("boot", type_=TEXT),
        workers.c.lease_until > LeaseNowMs(),
    )
)
_QUEUE = sa.bindparam("from_queue", type_=TEXT)
# Looked at by the claim itself: the limit may have come since its transaction began.
_limited = sa.exists(sa.select(sa.literal_column("1")).where(queues.c.name == _QUEUE, HAS_LIMITS))
BECOMES_RUNNING: Mapping[str, Any] = {
    "state": literal("running"),
    "attempt": jobs.c.attempt + 1,
    "token": jobs.c.token + 1,
    "worker_id": sa.bindparam("worker", type_=BIG),
    "started_at": NowOnceMs(),
    "progress": None,
    "unique_live": sa.case((jobs.c.unique_waiting == ONE, ZERO), else_=jobs.c.unique_live),
}
# What a claim is made of: the rest serves statements alone, and reading a column takes time.
_UNSEEN = (
    *("unique_slot", "unique_live", "unique_until", "unique_waiting"),
    *("has_children", "children_due"),
)
OF_A_CLAIM = [column for column in jobs.columns if column.name not in _UNSEEN]


def plain_claim(queue: sa.ColumnElement[str], is_free: sa.ColumnElement[bool]) -> sa.Update:
    """Claim the best jobs of *queue* that have no limits of their own, if *is_free*."""
    # Materialised: a plan that ran the inner select twice would claim more than the limit.
    best = (
        sa.select(jobs.c.id)
        .where(IS_CLAIMABLE, jobs.c.queue == queue, jobs.c.guarded == ZERO, is_free, IS_CLAIMANT)
        .order_by(jobs.c.priority.desc(), jobs.c.id)
        .limit(sa.bindparam("at_most", type_=INT))
        .with_for_update(skip_locked=True)
        .cte("best")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return (
        sa.update(jobs)
        .where(jobs.c.id.in_(sa.select(best.c.id)))
        .values(**BECOMES_RUNNING)
        .returning(*(column for column in OF_A_CLAIM if column.name not in dict(OF_A_PLAIN_CLAIM)))
    )


CLAIM = plain_claim(_QUEUE, ~_limited)


def events_of_claims(job_id: Any, attempt: Any) -> sa.Insert:
    """Make the insert of their events; what every claim has in common is not written for each."""
    return sa.insert(events).from_select(
        ["at", "job_id", "verb", "state", "attempt", "worker_id", "tx"],
        sa.select(
            NowOnceMs(),
            job_id,
            literal("claim"),
            literal("running"),
            attempt,
            sa.bindparam("worker", type_=BIG),
            Transaction(),
        ),
        include_defaults=False,
    )


TAKEN = Batch("taken", job_id=BIG, attempt=INT)
WRITE_CLAIMS = events_of_claims(TAKEN.c.job_id, TAKEN.c.attempt)
