"""What `db check` holds against one another: jobs, their events, and their attempts."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG
from queuectl_store.sql.tables import attempts, events, jobs

# The three stories of some jobs, in the order of jobs, to be read side by side.
_of_these = (sa.bindparam("first", type_=BIG), sa.bindparam("last", type_=BIG))
JOBS = (
    sa.select(jobs.c.id, jobs.c.state, jobs.c.attempt, jobs.c.token)
    .where(jobs.c.id > sa.bindparam("after", type_=BIG))
    .order_by(jobs.c.id)
    .limit(sa.bindparam("at_most", type_=BIG))
)
EVENTS = (
    sa.select(events.c.job_id, events.c.verb, events.c.state, events.c.attempt)
    .where(events.c.job_id.between(*_of_these))
    .order_by(events.c.job_id, events.c.id)
)
ATTEMPTS = (
    sa.select(attempts.c.job_id, sa.func.count().label("n"))
    .where(attempts.c.job_id.between(*_of_these))
    .group_by(attempts.c.job_id)
    .order_by(attempts.c.job_id)
)
