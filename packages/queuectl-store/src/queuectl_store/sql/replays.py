"""The statements of paced retries: each is a bucket that jobs wait for."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, ONE, TEXT, ZERO
from queuectl_store.sql.rows import NowMs
from queuectl_store.sql.side_tables import buckets
from queuectl_store.sql.tables import jobs

_named = buckets.c.name == sa.bindparam("of_bucket", type_=TEXT)
_waits = jobs.c.waits_for == sa.bindparam("of_bucket", type_=TEXT)

# Locked: a stager that finds nothing waiting takes the bucket away.
TOUCH = (
    sa.update(buckets)
    .where(_named)
    .values(due_at=sa.func.coalesce(buckets.c.due_at, NowMs()))
    .returning(buckets.c.name)
)
ADD = sa.insert(buckets).from_select(
    ["name", "full_at_us", "rate", "rate_ms", "burst", "due_at"],
    sa.select(
        sa.bindparam("of_bucket", type_=TEXT),
        ZERO,
        sa.bindparam("count", type_=INT),
        sa.bindparam("per", type_=BIG),
        sa.bindparam("at_once", type_=INT),
        NowMs(),
    ),
    include_defaults=False,
)
DUE = (
    sa.select(*buckets.columns, NowMs().label("now"))
    .where(
        buckets.c.due_at.is_not(None),
        buckets.c.due_at <= NowMs(),
        buckets.c.name.like(sa.literal_column("'replay:%'", TEXT)),
    )
    .order_by(buckets.c.name)
    .with_for_update(skip_locked=True)
)
_best = (
    sa.select(jobs.c.id)
    .where(_waits)
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(sa.bindparam("at_most", type_=INT))
    .with_for_update(skip_locked=True)
    .cte("best")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
LET_OUT = (
    sa.update(jobs)
    .where(jobs.c.id.in_(sa.select(_best.c.id)))
    .values(waits_for=None)
    .returning(jobs.c.id)
)
ANY_LEFT = sa.select(sa.exists(sa.select(ONE).where(_waits)))
FILL = (
    sa.update(buckets)
    .where(_named)
    .values(
        full_at_us=sa.bindparam("full_at", type_=BIG), due_at=sa.bindparam("next_at", type_=BIG)
    )
)
FORGET = sa.delete(buckets).where(_named)
