"""The statements of limits: what runs, what waits, who may start. Counts are never stored."""

import sqlalchemy as sa

from queuectl_store.sql.claim import (
    BECOMES_RUNNING,
    IS_CLAIMANT,
    OF_A_CLAIM,
)
from queuectl_store.sql.hot import BIG, INT, IS_CLAIMABLE, ONE, TEXT, is_in, literal
from queuectl_store.sql.locks import LockCounts, LockRules, ShareRules
from queuectl_store.sql.rows import Batch, NowMs
from queuectl_store.sql.side_tables import buckets, groups, queues, resources
from queuectl_store.sql.tables import jobs, workers

NAMES = Batch("names", name=TEXT)
IDS = Batch("ids", id=BIG)
ADMITTED = Batch("admitted", id=BIG, allotted=TEXT)
PARKED = Batch("parked", id=BIG, name=TEXT)
BUCKETS = Batch("filled", name=TEXT, full_at_us=BIG, rate=INT, rate_ms=BIG, burst=INT, due_at=BIG)

_best_first = (jobs.c.priority.desc(), jobs.c.id)
_named = sa.bindparam("of", type_=TEXT)
_at_most = sa.bindparam("at_most", type_=INT)
_one_row = sa.literal_column("1", INT)

LOCK_RULES = sa.select(LockRules().label("locked"))
LOCK_COUNTS = sa.select(LockCounts().label("locked"))

# In the words of the index of guarded jobs.
_guarded = sa.exists(sa.select(_one_row).where(IS_CLAIMABLE, jobs.c.guarded == ONE))
# A subquery for one row, not a join: PostgreSQL would read every job of the queue for it.
_any_claimable = (
    sa.select(jobs.c.id)
    .where(IS_CLAIMABLE, jobs.c.queue == queues.c.name)
    .order_by(*_best_first)
    .limit(_one_row)
    .correlate(queues)
    .scalar_subquery()
)
_limited = sa.exists(
    sa.select(_one_row)
    .select_from(queues)
    .where(
        queues.c.state != literal("paused"),
        sa.or_(queues.c.concurrency.is_not(None), queues.c.rate.is_not(None)),
        _any_claimable.is_not(None),
    )
)
# First the lock, so that no limit changes from here on; what it reads may be older, and every
# claim looks again for itself.
ENTER = sa.select(ShareRules().label("locked"), sa.or_(_guarded, _limited).label("limited"))
# What a claim has to meet that does not wait for the answer to ENTER.
NO_LIMIT_HAS_A_SAY = sa.not_(sa.or_(_guarded, _limited))

CLAIMANT = sa.select(workers.c.concurrency, NowMs().label("now_ms")).where(
    workers.c.id == sa.bindparam("worker", type_=BIG), IS_CLAIMANT
)
CANDIDATES = (
    sa.select(
        jobs.c.id,
        jobs.c.priority,
        jobs.c.slots,
        jobs.c.guarded,
        jobs.c.concurrency_key,
        jobs.c.resources,
        jobs.c.group_id,
    )
    .where(
        IS_CLAIMABLE,
        jobs.c.queue == sa.bindparam("from_queue", type_=TEXT),
        jobs.c.slots <= sa.bindparam("widest", type_=INT),
    )
    .order_by(*_best_first)
    .limit(_at_most)
    .with_for_update(skip_locked=True)
)
ADMIT = (
    sa.update(jobs)
    .where(jobs.c.id == ADMITTED.c.id, IS_CLAIMABLE, IS_CLAIMANT)
    .values(**BECOMES_RUNNING, allotted=ADMITTED.c.allotted)
    .returning(*OF_A_CLAIM)
)
PARK = (
    sa.update(jobs)
    .where(jobs.c.id == PARKED.c.id, IS_CLAIMABLE)
    .values(waits_for=PARKED.c.name)
    .returning(jobs.c.id)
)

# What runs now, which is all that a limit counts: nobody has to be told of an end.
RUNNING = (
    sa.select(
        jobs.c.queue,
        jobs.c.concurrency_key,
        jobs.c.group_id,
        jobs.c.allotted,
        sa.func.count().label("n"),
    )
    .where(is_in("running"))
    .group_by(jobs.c.queue, jobs.c.concurrency_key, jobs.c.group_id, jobs.c.allotted)
)
QUEUES = sa.select(*queues.columns).order_by(queues.c.name)
QUEUE = sa.select(*queues.columns).where(queues.c.name == _named)
RESOURCES = sa.select(resources.c.name, resources.c.capacity).order_by(resources.c.name)
GROUPS = sa.select(groups.c.id, groups.c.name, groups.c.concurrency, groups.c.halted).join(
    IDS, IDS.c.id == groups.c.id
)
BUCKETS_NAMED = sa.select(*buckets.columns).join(NAMES, NAMES.c.name == buckets.c.name)

# Jobs that wait for no limit of their own. In the order of their index, so that PostgreSQL reads
# no further than the limit; those of paused queues take no room.
_ready = (
    sa.select(jobs.c.queue, jobs.c.concurrency_key, jobs.c.group_id, jobs.c.resources)
    .where(IS_CLAIMABLE, jobs.c.guarded == ONE)
    .order_by(jobs.c.queue)
    .limit(_at_most)
    .subquery("ready")
)
PROMISED = sa.select(*_ready.columns, queues.c.state).join(
    queues, queues.c.name == _ready.c.queue, isouter=True
)

_head = (
    sa.select(jobs.c.id)
    .where(jobs.c.waits_for == NAMES.c.name)
    .order_by(*_best_first)
    .limit(_one_row)
    .correlate(NAMES)
    .scalar_subquery()
)
WAITING_FIRST = (
    sa.select(NAMES.c.name, jobs.c.priority, jobs.c.id)
    .select_from(NAMES)
    .join(jobs, jobs.c.id == _head)
)
WAITING_BEST = (
    sa.select(jobs.c.id, jobs.c.resources)
    .where(jobs.c.waits_for == _named)
    .order_by(*_best_first)
    .limit(_at_most)
)
# Rows that somebody else is about to change are passed over: the sweep finds what is left.
_free = (
    sa.select(jobs.c.id)
    .join(IDS, IDS.c.id == jobs.c.id)
    .where(jobs.c.waits_for.is_not(None))
    .with_for_update(of=jobs, skip_locked=True)
    .cte("free")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
UNPARK = (
    sa.update(jobs)
    .where(jobs.c.id.in_(sa.select(_free.c.id)))
    .values(waits_for=None)
    .returning(jobs.c.id)
)
# The names of what is waited for, found by hopping over the index: its cost is their number.
_first_name = (
    sa.select(sa.func.min(jobs.c.waits_for).label("name"), sa.literal_column("1", INT).label("n"))
    .where(jobs.c.waits_for.is_not(None), jobs.c.waits_for > sa.bindparam("after_name", type_=TEXT))
    .cte("waited_for", recursive=True)
)
_next_name = (
    sa.select(sa.func.min(jobs.c.waits_for))
    .where(jobs.c.waits_for.is_not(None), jobs.c.waits_for > _first_name.c.name)
    .scalar_subquery()
)
_names = _first_name.union_all(
    sa.select(_next_name, _first_name.c.n + 1).where(
        _first_name.c.name.is_not(None), _first_name.c.n < _at_most
    )
)
WAITED_FOR = sa.select(_names.c.name).where(_names.c.name.is_not(None))

BUCKETS_DUE = (
    sa.select(*buckets.columns)
    .where(buckets.c.due_at.is_not(None), buckets.c.due_at <= NowMs())
    .where(buckets.c.name.like(literal("rate:%")))
    .order_by(buckets.c.due_at)
    .limit(_at_most)
)
SAVE_BUCKETS = (
    sa.update(buckets)
    .where(buckets.c.name == BUCKETS.c.name)
    .values(**{c.name: c for c in BUCKETS.columns if c.name != "name"})
    .returning(buckets.c.name)
)
ADD_BUCKETS = sa.insert(buckets).from_select(
    [c.name for c in BUCKETS.columns], sa.select(*BUCKETS.columns), include_defaults=False
)
# A bucket that is full says no more than none.
FORGET_BUCKETS = sa.delete(buckets).where(
    buckets.c.due_at.is_(None),
    buckets.c.full_at_us <= NowMs() * sa.literal_column("1000", BIG),
    buckets.c.name.like(literal("rate:%")),
)
