"""The statements of `db check`: each gives the rows that contradict an invariant of the store."""

from collections.abc import Mapping
from types import MappingProxyType

import sqlalchemy as sa

from queuectl_store.sql.all_tables import TABLES
from queuectl_store.sql.hot import ONE, TEXT, ZERO, is_in, literal
from queuectl_store.sql.places import IsForeign, LastId
from queuectl_store.sql.side_tables import dependencies, environments, groups, schedules
from queuectl_store.sql.tables import attempts, events, jobs, workers
from queuectl_store.states import FINAL, JobState

_one = sa.select(ONE)
_ended = is_in("succeeded", "dead", "cancelled")


def _no_job(job_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    return ~sa.exists(_one.where(jobs.c.id == job_id))


def _ids(*where: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(jobs.c.id).where(*where).order_by(jobs.c.id)


# A clause is open until one of its edges is met, or none can be.
_clauses = (
    sa.select(
        dependencies.c.child_id,
        dependencies.c.clause,
        sa.func.max(dependencies.c.met).label("best"),
    )
    .group_by(dependencies.c.child_id, dependencies.c.clause)
    .subquery("clauses")
)
_open_clauses = (
    sa.select(sa.func.count())
    .where(
        _clauses.c.child_id == jobs.c.id,
        _clauses.c.best == ZERO,
    )
    .correlate(jobs)
    .scalar_subquery()
)

_has_open_member = sa.exists(_one.where(jobs.c.group_id == groups.c.id, sa.not_(_ended)))

# By name: the rows that are wrong, each by its id.
_WRONG: Mapping[str, sa.Select[int]] = MappingProxyType(
    {
        "unknown_state": _ids(
            jobs.c.state.not_in([literal(state) for state in JobState]),
        ),
        "ended_without_end": _ids(_ended, jobs.c.finished_at.is_(None)),
        "end_without_ended": _ids(
            jobs.c.state.not_in([literal(state) for state in sorted(FINAL)]),
            jobs.c.finished_at.is_not(None),
        ),
        "running_for_nobody": _ids(
            is_in("running"),
            sa.or_(
                jobs.c.worker_id.is_(None),
                ~sa.exists(_one.where(workers.c.id == jobs.c.worker_id)),
            ),
        ),
        "no_environment": _ids(
            jobs.c.environment_id.is_not(None),
            ~sa.exists(_one.where(environments.c.id == jobs.c.environment_id)),
        ),
        "no_group": _ids(
            jobs.c.group_id.is_not(None), ~sa.exists(_one.where(groups.c.id == jobs.c.group_id))
        ),
        "attempts_of_nobody": sa.select(attempts.c.job_id)
        .where(_no_job(attempts.c.job_id))
        .order_by(attempts.c.job_id),
        "edges_of_nobody": sa.select(dependencies.c.child_id)
        .where(_no_job(dependencies.c.child_id))
        .order_by(dependencies.c.child_id),
        "edges_to_nobody": sa.select(dependencies.c.child_id)
        .where(dependencies.c.met == ZERO, _no_job(dependencies.c.parent_id))
        .order_by(dependencies.c.child_id),
        "unmet_not_its_edges": _ids(is_in("blocked"), jobs.c.unmet != _open_clauses),
        "blocked_by_nothing": _ids(is_in("blocked"), jobs.c.unmet <= ZERO),
        "unique_without_slot": _ids(jobs.c.unique_live == ONE, jobs.c.unique_slot.is_(None)),
        "group_not_finished": sa.select(groups.c.id)
        .where(groups.c.sealed == ONE, groups.c.finished_at.is_(None), ~_has_open_member)
        .order_by(groups.c.id),
        "schedule_without_next": sa.select(schedules.c.id)
        .where(
            schedules.c.paused == ZERO,
            schedules.c.next_at.is_(None),
            schedules.c.every_ms.is_not(None),
        )
        .order_by(schedules.c.id),
        "schedule_without_last": sa.select(schedules.c.id)
        .where(schedules.c.last_job_id.is_not(None), _no_job(schedules.c.last_job_id))
        .order_by(schedules.c.id),
        "events_of_another_server": sa.select(events.c.id).where(IsForeign()).order_by(events.c.id),
    }
)

# One more than are named.
WRONG = {name: each.limit(sa.literal_column("21")) for name, each in _WRONG.items()}

# By table: the highest id that there is, and that was ever given.
_numbered = [each for each in TABLES if "id" in each.c and each.c.id.identity is not None]
LARGEST_ID = {
    each.name: sa.select(sa.func.coalesce(sa.func.max(each.c.id), ZERO)) for each in _numbered
}
LAST_ID = {each.name: sa.select(LastId(each)) for each in _numbered}
FIRST_WAITING = (
    sa.select(jobs.c.id)
    .where(jobs.c.waits_for == sa.bindparam("of", type_=TEXT))
    .order_by(jobs.c.priority.desc(), jobs.c.id)
    .limit(ONE)
)
