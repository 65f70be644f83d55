"""The statements of groups: make, lock, look whether the last member has ended, halt."""

import sqlalchemy as sa

from queuectl_store.sql.admin import MOVED
from queuectl_store.sql.hot import BIG, HAS_RUN_ITS_TIME, INT, ONE, TEXT, ZERO, is_in, literal
from queuectl_store.sql.rows import Batch, NowMs
from queuectl_store.sql.side_tables import groups
from queuectl_store.sql.tables import jobs
from queuectl_store.states import FINAL, WAITING, JobState

NEW_GROUPS = Batch("new_groups", name=TEXT, concurrency=INT, halt=TEXT, sealed=INT, on_finish=TEXT)
NAMES = Batch("names", name=TEXT)
GROUPS = Batch("chosen_groups", id=BIG)

_group = sa.bindparam("group", type_=BIG)
_now_open = sorted(set(JobState) - FINAL)

ADD_GROUPS = sa.insert(groups).from_select(
    ["name", "concurrency", "halt", "sealed", "on_finish", "created_at"],
    sa.select(*NEW_GROUPS.columns, NowMs()).where(
        ~sa.exists(sa.select(ONE).where(groups.c.name == NEW_GROUPS.c.name))
    ),
    include_defaults=False,
)
# Locked before the members are looked at: of two that end the last two members at one moment,
# the second sees what the first did. In the order of ids.
LOCK_GROUPS_BY_NAME = (
    sa.select(*groups.columns)
    .where(groups.c.name.in_(sa.select(NAMES.c.name)))
    .order_by(groups.c.id)
    .with_for_update()
)
LOCK_GROUPS = (
    sa.select(*groups.columns)
    .where(groups.c.id.in_(sa.select(GROUPS.c.id)))
    .order_by(groups.c.id)
    .with_for_update()
)
SEAL_GROUPS = sa.update(groups).where(groups.c.id.in_(sa.select(GROUPS.c.id))).values(sealed=ONE)
SET_ON_FINISH = (
    sa.update(groups)
    .where(groups.c.id == _group)
    .values(on_finish=sa.bindparam("last_job", type_=TEXT))
)
_has_open = sa.exists(sa.select(ONE).where(jobs.c.group_id == groups.c.id, is_in(*_now_open)))
OPEN_GROUPS = sa.select(groups.c.id).where(groups.c.id.in_(sa.select(GROUPS.c.id)), _has_open)
END_GROUP = (
    sa.update(groups)
    .where(groups.c.id == _group)
    .values(
        finished_at=NowMs(),
        # Set once: members that are retried later must not make a second completion job.
        finish_job_id=sa.func.coalesce(
            groups.c.finish_job_id, sa.bindparam("finish_job", type_=BIG)
        ),
    )
)
REOPEN_GROUP = sa.update(groups).where(groups.c.id == _group).values(finished_at=None)

MEMBERS = sa.select(sa.func.count()).where(jobs.c.group_id == _group)
_counted = sa.select(ONE.label("one")).where(jobs.c.group_id == _group)
_most = sa.bindparam("at_most", type_=INT)


def _count(*states: str) -> sa.Select[int]:
    few = _counted.where(is_in(*states)).limit(_most).subquery("counted")
    return sa.select(sa.func.count()).select_from(few)


COUNT_DEAD = _count("dead")
COUNT_SUCCEEDED = _count("succeeded")
COUNT_ENDED = _count(*sorted(FINAL))

HALT_GROUP = (
    sa.update(groups)
    .where(groups.c.id == _group)
    .values(halted=sa.bindparam("because", type_=TEXT))
)
LIFT_HALTS = (
    sa.update(groups)
    .where(groups.c.id.in_(sa.select(GROUPS.c.id)), groups.c.halted.is_not(None))
    .values(halted=None)
)
# What is locked is being claimed, moved or finished: the next round finds what became of it.
_some_waiting = (
    sa.select(jobs.c.id)
    .where(jobs.c.group_id == _group, is_in(*sorted(WAITING)))
    .limit(_most)
    .with_for_update(skip_locked=True)
    .cte("some_waiting")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
CANCEL_MEMBERS = (
    sa.update(jobs)
    .where(jobs.c.id.in_(sa.select(_some_waiting.c.id)))
    .values(
        state=literal("cancelled"),
        was=jobs.c.state,
        finished_at=NowMs(),
        note=sa.bindparam("because", type_=TEXT),
        waits_for=None,
        cancelled_for=None,
        children_due=jobs.c.has_children,
        unique_live=sa.case((HAS_RUN_ITS_TIME, ZERO), else_=jobs.c.unique_live),
    )
    .returning(*MOVED)
)
_unasked = (jobs.c.cancel_requested == ZERO, is_in("running"))
_some_running = (
    sa.select(jobs.c.id)
    .where(jobs.c.group_id == _group, *_unasked)
    .with_for_update(skip_locked=True)
    .cte("some_running")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
ASK_MEMBERS_TO_STOP = (
    sa.update(jobs).where(jobs.c.id.in_(sa.select(_some_running.c.id))).values(cancel_requested=1)
)
_of_group = jobs.c.group_id == groups.c.id
_must_end = sa.or_(
    sa.exists(sa.select(ONE).where(_of_group, is_in(*sorted(WAITING)))),
    sa.and_(
        groups.c.halt.startswith(literal("now")),
        sa.exists(sa.select(ONE).where(_of_group, *_unasked)),
    ),
)
HALTED_GROUPS = (
    sa.select(groups.c.id, groups.c.name, groups.c.halt, groups.c.halted)
    .where(groups.c.halted.is_not(None), groups.c.finished_at.is_(None), _must_end)
    .order_by(groups.c.id)
    .limit(_most)
    # Locked, so that no retry lifts the halt before its members are cancelled.
    .with_for_update(of=groups, skip_locked=True)
)
IS_ANY_HALTED = sa.exists(
    sa.select(ONE).where(groups.c.halted.is_not(None), groups.c.finished_at.is_(None), _must_end)
)
ANY_HALTED = sa.select(IS_ANY_HALTED)

COUNTS = (
    sa.select(jobs.c.group_id, jobs.c.state, sa.func.count().label("n"))
    .where(jobs.c.group_id.in_(sa.select(GROUPS.c.id)))
    .group_by(jobs.c.group_id, jobs.c.state)
)
ALL_GROUPS = (
    sa.select(*groups.columns)
    .where(groups.c.id < sa.bindparam("before", type_=BIG))
    .order_by(groups.c.id.desc())
    .limit(_most)
)
GROUPS_BY_NAME = sa.select(*groups.columns).where(groups.c.name.in_(sa.select(NAMES.c.name)))
