"""The statements behind `why`: what stands before one job. Each reads a few rows by an index."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, IS_CLAIMABLE, TEXT, is_in
from queuectl_store.sql.side_tables import buckets, dependencies, queues, resources
from queuectl_store.sql.tables import jobs

_JOB = sa.bindparam("job", type_=BIG)
_QUEUE = sa.bindparam("of_queue", type_=TEXT)
_AT_MOST = sa.bindparam("at_most", type_=INT)
_PRIORITY = sa.bindparam("of_priority", type_=INT)

PARENTS = (
    sa.select(
        dependencies.c.clause,
        dependencies.c.parent_id,
        dependencies.c.needs,
        dependencies.c.met,
        jobs.c.state,
    )
    .select_from(dependencies)
    .join(jobs, jobs.c.id == dependencies.c.parent_id, isouter=True)
    .where(dependencies.c.child_id == _JOB)
    .order_by(dependencies.c.clause, dependencies.c.parent_id)
    .limit(_AT_MOST)
)

_before = sa.or_(
    jobs.c.priority > _PRIORITY, sa.and_(jobs.c.priority == _PRIORITY, jobs.c.id < _JOB)
)
_first = (
    sa.select(jobs.c.id).where(IS_CLAIMABLE, jobs.c.queue == _QUEUE, _before).limit(_AT_MOST)
).subquery("first")
AHEAD = sa.select(sa.func.count()).select_from(_first)

_running = sa.select(jobs.c.id, jobs.c.concurrency_key, jobs.c.group_id, jobs.c.resources).where(
    is_in("running")
)
RUNNING_IN_QUEUE = _running.where(jobs.c.queue == _QUEUE).order_by(jobs.c.id).limit(_AT_MOST)
RUNNING = _running.order_by(jobs.c.id).limit(_AT_MOST)

QUEUE = sa.select(*queues.columns).where(queues.c.name == _QUEUE)
RESOURCE = sa.select(resources.c.capacity).where(
    resources.c.name == sa.bindparam("of_resource", type_=TEXT)
)
BUCKET = sa.select(*buckets.columns).where(buckets.c.name == sa.bindparam("of_bucket", type_=TEXT))
