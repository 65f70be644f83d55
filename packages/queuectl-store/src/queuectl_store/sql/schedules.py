"""The statements of recurring jobs."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, ONE, TEXT, ZERO
from queuectl_store.sql.rows import Batch, NowMs
from queuectl_store.sql.side_tables import schedules, slots

_EDITABLE = ("cron", "every_ms", "tz", "job", "missed", "window_ms", "overlap", "next_at")

MARKS = Batch("marks", schedule_id=BIG, slot=BIG, until=BIG, outcome=TEXT, job_id=BIG, note=TEXT)
MOVES = Batch("moves", schedule_id=BIG, next_at=BIG, last_slot=BIG, job_id=BIG)

_of = schedules.c.id == sa.bindparam("of", type_=BIG)
_named = schedules.c.name == sa.bindparam("of", type_=TEXT)
_is_due = sa.and_(schedules.c.paused == ZERO, schedules.c.next_at <= NowMs())
# The store's clock comes with the row, so that one clock decides which slots are due.
_with_now = (*schedules.columns, NowMs().label("now"))

ANY_DUE = sa.select(sa.exists(sa.select(ONE).where(_is_due)))
# Whoever has the row makes its jobs; on PostgreSQL the others look for other schedules.
DUE = (
    sa.select(*_with_now)
    .where(_is_due)
    .order_by(schedules.c.next_at)
    .limit(sa.bindparam("at_most", type_=INT))
    .with_for_update(skip_locked=True)
)
# What is there already although it is due: a wall clock was set back and the schedule told anew.
TAKEN = sa.select(slots.c.slot).where(
    slots.c.schedule_id == sa.bindparam("of", type_=BIG),
    slots.c.slot >= sa.bindparam("since", type_=BIG),
)
WRITE_SLOTS = sa.insert(slots).from_select(
    ["schedule_id", "slot", "until", "outcome", "job_id", "note", "at"],
    sa.select(*MARKS.columns, NowMs()),
    include_defaults=False,
)
MOVE_ON = (
    sa.update(schedules)
    .where(schedules.c.id == MOVES.c.schedule_id)
    .values(
        next_at=MOVES.c.next_at,
        last_slot=sa.func.coalesce(MOVES.c.last_slot, schedules.c.last_slot),
        last_fired_at=sa.case(
            (MOVES.c.job_id.is_not(None), NowMs()), else_=schedules.c.last_fired_at
        ),
        last_job_id=sa.func.coalesce(MOVES.c.job_id, schedules.c.last_job_id),
    )
)
_oldest_kept = (
    sa.select(slots.c.slot)
    .where(slots.c.schedule_id == sa.bindparam("of", type_=BIG))
    .order_by(slots.c.slot.desc())
    .limit(sa.literal_column("1"))
    .offset(sa.bindparam("keep", type_=INT))
    .scalar_subquery()
)
FORGET_SLOTS = sa.delete(slots).where(
    slots.c.schedule_id == sa.bindparam("of", type_=BIG), slots.c.slot <= _oldest_kept
)

ADD = sa.insert(schedules).returning(*schedules.columns)
ALL = sa.select(*_with_now).order_by(schedules.c.name)
NAMED = sa.select(*_with_now).where(_named)
LOCKED = NAMED.with_for_update()
CHANGE = (
    sa.update(schedules)
    .where(_of)
    .values(
        revision=schedules.c.revision + ONE,
        **{name: sa.bindparam(f"new_{name}", type_=schedules.c[name].type) for name in _EDITABLE},
    )
    .returning(*schedules.columns)
)
SET_PAUSED = (
    sa.update(schedules)
    .where(_of)
    .values(paused=sa.bindparam("is_paused", type_=INT), next_at=sa.bindparam("from_at", type_=BIG))
    .returning(*schedules.columns)
)
REMOVE = sa.delete(schedules).where(_named).returning(schedules.c.id)
REMOVE_SLOTS = sa.delete(slots).where(slots.c.schedule_id == sa.bindparam("of", type_=BIG))
HISTORY = (
    sa.select(*slots.columns)
    .where(slots.c.schedule_id == sa.bindparam("of", type_=BIG))
    .order_by(slots.c.slot.desc())
    .limit(sa.bindparam("at_most", type_=INT))
)
