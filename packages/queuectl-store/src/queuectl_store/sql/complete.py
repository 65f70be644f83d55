"""The statements behind shell completion: what was named lately."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG
from queuectl_store.sql.side_tables import groups, queues, resources, schedules
from queuectl_store.sql.tables import jobs, workers

_at_most = sa.bindparam("at_most", type_=BIG)

# Of all jobs the newest: a look at every one would keep a person waiting.
RECENT = (
    sa.select(jobs.c.id, jobs.c.state, jobs.c.queue, jobs.c.name, jobs.c.task, jobs.c.spec)
    .order_by(jobs.c.id.desc())
    .limit(_at_most)
)
QUEUES = sa.select(queues.c.name).order_by(queues.c.name)
GROUPS = sa.select(groups.c.name).order_by(groups.c.id.desc()).limit(_at_most)
RESOURCES = sa.select(resources.c.name).order_by(resources.c.name)
SCHEDULES = sa.select(schedules.c.name).order_by(schedules.c.name)
WORKERS = sa.select(workers.c.id, workers.c.host).order_by(workers.c.id.desc()).limit(_at_most)
