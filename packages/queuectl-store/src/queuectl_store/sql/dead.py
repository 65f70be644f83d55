"""The statements of the dead letter queue: what there is, and deleting it."""

import sqlalchemy as sa

from queuectl_store.sql.admin import TARGETS
from queuectl_store.sql.hot import BIG, INT, is_in
from queuectl_store.sql.read import JOBS
from queuectl_store.sql.side_tables import dependencies
from queuectl_store.sql.tables import attempts, events, jobs

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

# Locked first: then nobody retries one of them, nor takes one for a parent.
LOCK = (
    sa.select(jobs.c.id)
    .where(IS_DEAD, jobs.c.id.in_(_targets))
    .order_by(jobs.c.id)
    .with_for_update()
)
_child = jobs.alias("child")
CHILDREN = (
    sa.select(dependencies.c.parent_id, sa.func.min(_child.c.id).label("child_id"))
    .join(_child, _child.c.id == dependencies.c.child_id)
    .where(
        dependencies.c.parent_id.in_(_targets),
        _child.c.state.not_in(
            [sa.literal_column(f"'{state}'") for state in ("succeeded", "dead", "cancelled")]
        ),
    )
    .group_by(dependencies.c.parent_id)
)
DELETE_EDGES = sa.delete(dependencies).where(dependencies.c.child_id.in_(_targets))
DELETE_ATTEMPTS = sa.delete(attempts).where(attempts.c.job_id.in_(_targets))
DELETE_EVENTS = sa.delete(events).where(events.c.job_id.in_(_targets))
DELETE_JOBS = sa.delete(jobs).where(jobs.c.id.in_(_targets))
