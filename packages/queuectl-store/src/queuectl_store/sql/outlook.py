"""The one look by which whoever keeps the queue going learns what there is to do."""

import sqlalchemy as sa

from queuectl_store.sql.groups import IS_ANY_HALTED
from queuectl_store.sql.hot import ONE, ZERO, is_in
from queuectl_store.sql.relations import IS_ANY_DUE
from queuectl_store.sql.rows import NowMs
from queuectl_store.sql.side_tables import buckets, schedules
from queuectl_store.sql.tables import jobs


def _earliest(state: str) -> sa.ScalarSelect[int]:
    # Both states are named so that the partial index serves: SQLite does not infer it from one.
    due = is_in("scheduled", "retrying")
    return sa.select(sa.func.min(jobs.c.run_at)).where(due, is_in(state)).scalar_subquery()


_recurring = (
    sa.select(sa.func.min(schedules.c.next_at)).where(schedules.c.paused == ZERO).scalar_subquery()
)
_paced = (
    sa.select(sa.func.min(buckets.c.due_at)).where(buckets.c.due_at.is_not(None)).scalar_subquery()
)
# Each part reads the first row of an index at most.
OUTLOOK = sa.select(
    sa.or_(IS_ANY_DUE, IS_ANY_HALTED).label("has_consequences"),
    sa.exists(sa.select(ONE).where(jobs.c.waits_for.is_not(None))).label("has_waiting"),
    (_earliest("scheduled") - NowMs()).label("scheduled"),
    (_earliest("retrying") - NowMs()).label("retrying"),
    (_recurring - NowMs()).label("recurring"),
    (_paced - NowMs()).label("paced"),
)
