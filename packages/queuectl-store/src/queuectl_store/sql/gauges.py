"""The statements of what a scrape reads beside the rollups; none of them walks the jobs."""

import sqlalchemy as sa

from queuectl_store.sql.hot import IS_CLAIMABLE, literal
from queuectl_store.sql.rows import NowMs
from queuectl_store.sql.side_tables import queues
from queuectl_store.sql.tables import jobs

# The best pending job of each queue and priority, found by hopping over the index of claims.
_seen = (
    jobs.c.id,
    jobs.c.queue,
    jobs.c.priority,
    jobs.c.created_at,
    jobs.c.run_at,
    jobs.c.pending_at,
)
_first = (
    sa.select(*_seen)
    .where(
        jobs.c.id
        == sa.select(jobs.c.id)
        .where(IS_CLAIMABLE)
        .order_by(jobs.c.queue, jobs.c.priority.desc(), jobs.c.id)
        .limit(sa.literal_column("1"))
        .scalar_subquery()
    )
    .cte("heads", recursive=True)
)
_of = jobs.alias("of")
_is_claimable = sa.and_(_of.c.state == literal("pending"), _of.c.waits_for.is_(None))


def _next(*where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(_of.c.id)
        .where(_is_claimable, *where)
        .order_by(_of.c.queue, _of.c.priority.desc(), _of.c.id)
        .limit(sa.literal_column("1"))
        .correlate(_first)
        .scalar_subquery()
    )


_same = _next(_of.c.queue == _first.c.queue, _of.c.priority < _first.c.priority)
_other = _next(_of.c.queue > _first.c.queue)
_heads = _first.union_all(
    sa.select(*_seen).join_from(_first, jobs, jobs.c.id == sa.func.coalesce(_same, _other))
)
# Without the jobs again: from 3.51 on SQLite would rather read all of them beside the heads.
PENDING_HEADS = sa.select(
    _heads.c.queue, _heads.c.created_at, _heads.c.run_at, _heads.c.pending_at, NowMs().label("now")
)

QUEUE_RULES = sa.select(queues.c.name, queues.c.state, queues.c.concurrency).order_by(queues.c.name)
