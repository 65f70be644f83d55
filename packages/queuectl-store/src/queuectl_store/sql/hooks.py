"""The statements of hooks."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, ONE, TEXT, ZERO
from queuectl_store.sql.places import FeedBackwards, FeedOrder, InFeed, UpTo
from queuectl_store.sql.rows import Batch
from queuectl_store.sql.side_tables import hooks
from queuectl_store.sql.tables import events, jobs

WANTED_VERBS = Batch("wanted_verbs", verb=TEXT)

_of = hooks.c.id == sa.bindparam("of", type_=BIG)
_named = hooks.c.name == sa.bindparam("of", type_=TEXT)
_is_active = hooks.c.paused == ZERO

ADD = sa.insert(hooks).returning(*hooks.columns)
ALL = sa.select(*hooks.columns).order_by(hooks.c.name)
NAMED = sa.select(*hooks.columns).where(_named)
BY_ID = sa.select(*hooks.columns).where(_of)
LOCKED = NAMED.with_for_update()
REMOVE = sa.delete(hooks).where(_named).returning(hooks.c.id)
PAUSE = (
    sa.update(hooks)
    .where(_of)
    .values(paused=ONE, note=sa.bindparam("because", type_=TEXT))
    .returning(*hooks.columns)
)
RESUME = (
    sa.update(hooks)
    .where(_of)
    .values(
        paused=ZERO,
        note=None,
        tx=sa.bindparam("tx", type_=BIG),
        event_id=sa.bindparam("event_id", type_=BIG),
    )
    .returning(*hooks.columns)
)

ACTIVE = sa.select(hooks.c.tx, hooks.c.event_id).where(_is_active)
# Whoever has a row makes its jobs; on PostgreSQL the others look at other hooks.
LOCK_ACTIVE = (
    sa.select(*hooks.columns)
    .where(_is_active)
    .order_by(hooks.c.id)
    .with_for_update(skip_locked=True)
)
NEWEST_PLACE = (
    sa.select(events.c.tx, events.c.id)
    .where(InFeed())
    .order_by(FeedBackwards())
    .limit(sa.literal_column("1"))
)
PLACE_AT = (
    sa.select(events.c.tx, events.c.id)
    .where(InFeed())
    .order_by(FeedOrder())
    .limit(sa.literal_column("1"))
    .offset(sa.bindparam("skipped", type_=INT))
)
CANDIDATES = (
    sa.select(*events.columns, jobs.c.queue)
    .join_from(events, jobs, jobs.c.id == events.c.job_id)
    .where(
        InFeed(),
        UpTo(),
        events.c.verb.in_(sa.select(WANTED_VERBS.c.verb)),
        jobs.c.queue != sa.bindparam("hook_queue", type_=TEXT),
    )
    .order_by(FeedOrder())
)
MOVE_ON = (
    sa.update(hooks)
    .where(_of)
    .values(
        tx=sa.bindparam("to_tx", type_=BIG),
        event_id=sa.bindparam("to_id", type_=BIG),
        failures=sa.bindparam("counted", type_=INT),
    )
)
