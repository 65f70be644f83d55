"""The statements of the dead letter queue: what there is."""

import sqlalchemy as sa

from queuectl_store.sql.admin import TARGETS
from queuectl_store.sql.hot import BIG, INT, is_in
from queuectl_store.sql.read import JOBS
from queuectl_store.sql.tables import jobs

IS_DEAD = is_in("dead")
_targets = sa.select(TARGETS.c.id)

GROUPS = (
    sa.select(
        jobs.c.fingerprint,
        sa.func.min(jobs.c.finished_at).label("first_seen"),
        sa.func.max(jobs.c.finished_at).label("last_seen"),
        sa.func.max(jobs.c.id).label("newest"),
    )
    .where(IS_DEAD)
    .group_by(jobs.c.fingerprint)
)
MEMBERS = (
    sa.select(jobs.c.fingerprint, jobs.c.id).where(IS_DEAD).order_by(jobs.c.fingerprint, jobs.c.id)
)
NEWEST = JOBS.where(jobs.c.id.in_(_targets))
IDS = (
    sa.select(jobs.c.id)
    .where(IS_DEAD, jobs.c.id > sa.bindparam("after", type_=BIG))
    .order_by(jobs.c.id)
    .limit(sa.bindparam("at_most", type_=INT))
)
