"""The statements of what people look at."""

import sqlalchemy as sa

from queuectl_store.job import HOOK_QUEUE
from queuectl_store.sql.hot import BIG, INT, IS_CLAIMABLE, ONE, TEXT, is_in, literal
from queuectl_store.sql.names import LAST_PREFIX
from queuectl_store.sql.places import LastId
from queuectl_store.sql.rows import Batch, LeaseNowMs, NowMs
from queuectl_store.sql.side_tables import groups, queues
from queuectl_store.sql.tables import attempts, events, jobs, workers

WANTED = Batch("wanted", n=INT, id=BIG)
QUEUES = Batch("queues", name=TEXT)

# The latest ended attempt has the job's token; while a new one runs there is none of that token.
JOBS = (
    sa.select(
        *jobs.columns,
        *(column.label(LAST_PREFIX + column.name) for column in attempts.columns),
        groups.c.name.label("group_name"),
    )
    .join_from(
        jobs,
        attempts,
        sa.and_(attempts.c.job_id == jobs.c.id, attempts.c.token == jobs.c.token),
        isouter=True,
    )
    .join(groups, groups.c.id == jobs.c.group_id, isouter=True)
)
PAGE = JOBS.order_by(jobs.c.id.desc()).limit(sa.bindparam("at_most", type_=INT))
JOBS_BY_ID = JOBS.join(WANTED, WANTED.c.id == jobs.c.id).order_by(WANTED.c.n)

ATTEMPTS = (
    sa.select(*attempts.columns)
    .where(attempts.c.job_id == sa.bindparam("job", type_=BIG))
    .order_by(attempts.c.token)
)

EVENTS = (
    sa.select(*events.columns)
    .where(events.c.id > sa.bindparam("after", type_=BIG))
    .order_by(events.c.id)
    .limit(sa.bindparam("at_most", type_=INT))
)
EVENTS_OF_JOB = EVENTS.where(events.c.job_id == sa.bindparam("job", type_=BIG))
# Ids follow time, so an instant is found in the log by halving, and what follows is counted.
EVENT_IDS = sa.select(sa.func.min(events.c.id), sa.func.max(events.c.id))
EVENT_AT = (
    sa.select(events.c.at)
    .where(events.c.id >= sa.bindparam("from_id", type_=BIG))
    .order_by(events.c.id)
    .limit(sa.literal_column("1"))
)
MOVES_SINCE = (
    sa.select(events.c.verb, sa.func.count().label("n"))
    .where(
        events.c.id >= sa.bindparam("from_id", type_=BIG),
        events.c.at >= sa.bindparam("since", type_=BIG),
    )
    .group_by(events.c.verb)
)

_running = (
    sa.select(sa.func.count())
    .where(
        is_in("running"),
        jobs.c.worker_id == workers.c.id,
        # They take no slot.
        jobs.c.queue != literal(HOOK_QUEUE),
    )
    .correlate(workers)
    .scalar_subquery()
)
_alive = sa.and_(
    workers.c.state.in_([literal("running"), literal("stopping")]),
    workers.c.boot_id == sa.bindparam("boot", type_=TEXT),
    workers.c.lease_until > LeaseNowMs(),
)
WORKERS = sa.select(
    *workers.columns,
    _running.label("running"),
    sa.case((_alive, 1), else_=0).label("alive"),
).order_by(workers.c.id)
LIVE_WORKERS = WORKERS.where(_alive)


def _any(which: sa.ColumnElement[bool], *more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists(sa.select(literal("1")).where(which, *more))


def _due(*more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    # Both states are named so that the partial index of due jobs serves.
    both = is_in("scheduled", "retrying")
    return _any(both, is_in("retrying"), *more)


_listed = jobs.c.queue.in_(sa.select(QUEUES.c.name))
_is_paused = sa.exists(
    sa.select(literal("1"))
    .select_from(queues)
    .where(queues.c.name == jobs.c.queue, queues.c.state == literal("paused"))
    .correlate(jobs)
)
# What nobody will start unless a person does something: it is no work for a worker to wait for.
_may_start = sa.and_(sa.not_(_is_paused), jobs.c.slots <= sa.bindparam("widest", type_=INT))
_is_hopeless = jobs.c.waits_for.like(literal("missing:%"))


def _left(*more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    # What may be claimed and what waits for a limit stand in two indexes.
    waits = _any(jobs.c.waits_for.is_not(None), sa.not_(_is_hopeless), _may_start, *more)
    claimable = _any(IS_CLAIMABLE, _may_start, *more)
    due = _due(_may_start, *more)
    # Whose children have not been told yet may free some, in whatever queue they are.
    owes = _any(jobs.c.children_due == ONE)
    return sa.or_(claimable, waits, _any(is_in("running"), *more), due, owes)


WORK_LEFT = sa.select(_left())
WORK_LEFT_IN = sa.select(_left(_listed))

NOW = sa.select(NowMs())
LAST_JOB_ID = sa.select(LastId(jobs))
