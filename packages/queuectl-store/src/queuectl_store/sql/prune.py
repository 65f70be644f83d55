"""The statements of retention: what has ended and is old goes, if nothing needs it.

On PostgreSQL the rows are locked by one statement and deleted by the next, which sees whatever
was committed before the lock was had: a child that was added meanwhile, a job that runs again.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, HAS_RUN_ITS_TIME, INT, ONE, TEXT, ZERO, is_in, literal
from queuectl_store.sql.rows import Batch
from queuectl_store.sql.side_tables import (
    dependencies,
    environments,
    groups,
    output,
    queues,
    schedules,
)
from queuectl_store.sql.tables import attempts, events, jobs, workers
from queuectl_store.states import FINAL, JobState

DOOMED = Batch("doomed", id=BIG)

_doomed = sa.select(DOOMED.c.id)
_at_most = sa.bindparam("at_most", type_=INT)
_before = sa.bindparam("before", type_=BIG)
_ended = is_in("succeeded", "dead", "cancelled")
_of_queue = jobs.c.queue == sa.bindparam("of_queue", type_=TEXT)
_age = sa.tuple_(jobs.c.finished_at, jobs.c.id)
_from = sa.tuple_(sa.bindparam("from_at", type_=BIG), sa.bindparam("from_id", type_=BIG))
_to = sa.tuple_(sa.bindparam("to_at", type_=BIG), sa.bindparam("to_id", type_=BIG))
_one = sa.select(ONE)

QUEUE_SETTINGS = sa.select(queues.c.name, queues.c.settings).where(queues.c.settings.is_not(None))

_child = jobs.alias("child")
_is_open_child = _child.c.state.not_in([literal(state) for state in sorted(FINAL)])
_has_waiting_child = sa.exists(
    _one.select_from(dependencies.join(_child, _child.c.id == dependencies.c.child_id)).where(
        dependencies.c.parent_id == jobs.c.id, _is_open_child
    )
)
_is_in_open_group = sa.exists(
    _one.where(groups.c.id == jobs.c.group_id, groups.c.finished_at.is_(None))
)
_is_last_of_schedule = sa.exists(_one.where(schedules.c.last_job_id == jobs.c.id))
_is_needless = sa.and_(
    jobs.c.children_due == ZERO,
    sa.or_(jobs.c.has_children == ZERO, ~_has_waiting_child),
    sa.or_(jobs.c.group_id.is_(None), ~_is_in_open_group),
    ~_is_last_of_schedule,
    # A job may keep its unique key for a time after its end.
    sa.or_(jobs.c.unique_live == ZERO, sa.and_(jobs.c.unique_until.is_not(None), HAS_RUN_ITS_TIME)),
)


def _attempts_of(job_id: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.select(sa.func.count()).where(attempts.c.job_id == job_id).scalar_subquery()


def _log_of(job_id: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    total = sa.func.sum(attempts.c.log_bytes)
    return sa.select(total).where(attempts.c.job_id == job_id).scalar_subquery()


def _old(state: JobState) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        is_in(state),
        _of_queue,
        jobs.c.finished_at >= sa.bindparam("from_at", type_=BIG),
        jobs.c.finished_at <= sa.bindparam("to_at", type_=BIG),
        _age > _from,
        _age <= _to,
    )


def _queues_with(state: JobState) -> sa.Select[str]:
    """The queues that have jobs of *state*, found by hopping over their index."""
    least = sa.select(sa.func.min(jobs.c.queue).label("queue")).where(is_in(state))
    first = least.cte(recursive=True)
    following = least.where(jobs.c.queue > first.c.queue).scalar_subquery()
    found = first.union_all(sa.select(following).where(first.c.queue.is_not(None)))
    return sa.select(found.c.queue).where(found.c.queue.is_not(None))


def _by_state(
    build: Callable[[JobState], sa.Select[*tuple[Any, ...]]],
) -> Mapping[JobState, sa.Select[*tuple[Any, ...]]]:
    return MappingProxyType({state: build(state) for state in sorted(FINAL)})


ENDED_QUEUES = _by_state(_queues_with)

ENDED = _by_state(
    lambda state: (
        sa.select(jobs.c.id, jobs.c.finished_at)
        .where(*_old(state))
        .order_by(jobs.c.finished_at, jobs.c.id)
        .limit(_at_most)
        .with_for_update(skip_locked=True)
    )
)
NTH = _by_state(
    lambda state: (
        sa.select(jobs.c.finished_at, jobs.c.id)
        .where(is_in(state), _of_queue)
        .order_by(jobs.c.finished_at.desc(), jobs.c.id.desc())
        .limit(sa.literal_column("1"))
        .offset(sa.bindparam("kept", type_=BIG))
    )
)
COUNT = _by_state(
    lambda state: sa.select(
        sa.func.count().label("jobs"),
        sa.func.coalesce(sa.func.sum(_attempts_of(jobs.c.id)), ZERO).label("attempts"),
        sa.func.coalesce(sa.func.sum(_log_of(jobs.c.id)), ZERO).label("log_bytes"),
    ).where(*_old(state), _is_needless)
)


# By a person's choice. In the order of ids, as everybody locks jobs; then nobody retries one of
# them, nor takes one for a parent.
LOCK = (
    sa.select(jobs.c.id, jobs.c.state, jobs.c.children_due)
    .where(jobs.c.id.in_(_doomed))
    .order_by(jobs.c.id)
    .with_for_update()
)
_first_child = (
    sa.select(sa.func.min(_child.c.id))
    .select_from(dependencies.join(_child, _child.c.id == dependencies.c.child_id))
    .where(dependencies.c.parent_id == jobs.c.id, _is_open_child)
)
_open_group = sa.select(groups.c.name).where(
    groups.c.id == jobs.c.group_id, groups.c.finished_at.is_(None)
)
_schedule = sa.select(sa.func.min(schedules.c.name)).where(schedules.c.last_job_id == jobs.c.id)
# Of those that were not deleted: what needs them.
NEEDS = sa.select(
    jobs.c.id,
    jobs.c.state,
    _first_child.scalar_subquery().label("child_id"),
    _open_group.scalar_subquery().label("open_group"),
    _schedule.scalar_subquery().label("schedule"),
    jobs.c.unique_live,
    jobs.c.unique_key,
    jobs.c.unique_until,
).where(jobs.c.id.in_(_doomed))
DELETE_JOBS = (
    sa.delete(jobs)
    .where(jobs.c.id.in_(_doomed), _ended, _is_needless)
    .returning(jobs.c.id, jobs.c.queue, jobs.c.task, jobs.c.state)
)
DELETE_ATTEMPTS = sa.delete(attempts).where(attempts.c.job_id.in_(_doomed))
DELETE_EVENTS = (
    sa.delete(events).where(events.c.job_id.in_(_doomed)).returning(events.c.tx, events.c.id)
)
DELETE_OUTPUT = sa.delete(output).where(output.c.job_id.in_(_doomed))
# A child keeps what it knows of a parent that is gone; its own edges go with it.
DELETE_EDGES = sa.delete(dependencies).where(dependencies.c.child_id.in_(_doomed))

# Ids follow time, so the old ones are the first; a clock that was set back only delays them.
_oldest = (
    sa.select(events.c.id, events.c.at).order_by(events.c.id).limit(_at_most).subquery("oldest")
)
DELETE_OLD_EVENTS = (
    sa.delete(events)
    .where(events.c.id.in_(sa.select(_oldest.c.id).where(_oldest.c.at < _before)))
    .returning(events.c.tx, events.c.id)
)
COUNT_OLD_EVENTS = sa.select(sa.func.count()).select_from(events).where(events.c.at < _before)

_is_used = sa.exists(_one.where(jobs.c.environment_id == environments.c.id))
UNUSED_ENVIRONMENTS = (
    sa.select(environments.c.id)
    .where(environments.c.id > sa.bindparam("from_id", type_=BIG), ~_is_used)
    .order_by(environments.c.id)
    .limit(_at_most)
    .with_for_update(skip_locked=True)
)
DELETE_ENVIRONMENTS = (
    sa.delete(environments)
    .where(environments.c.id.in_(_doomed), ~_is_used)
    .returning(environments.c.id)
)

_runs_here = sa.exists(_one.where(is_in("running"), jobs.c.worker_id == workers.c.id))
DELETE_WORKERS = (
    sa.delete(workers)
    .where(
        workers.c.state.in_([literal("gone"), literal("stopped")]),
        workers.c.seen_at < _before,
        ~_runs_here,
    )
    .returning(workers.c.id)
)
_has_member = sa.exists(_one.where(jobs.c.group_id.is_not(None), jobs.c.group_id == groups.c.id))
DELETE_GROUPS = (
    sa.delete(groups).where(groups.c.finished_at < _before, ~_has_member).returning(groups.c.id)
)
