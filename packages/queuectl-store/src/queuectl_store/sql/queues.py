"""The statements of what people set for queues and resources, and of what they see of them."""

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, ONE, TEXT, is_in, literal
from queuectl_store.sql.names import LIMITS
from queuectl_store.sql.rows import NowMs
from queuectl_store.sql.side_tables import buckets, queues, resources
from queuectl_store.sql.tables import jobs

_of = sa.bindparam("of", type_=TEXT)
_prefix = sa.bindparam("prefix", type_=TEXT)

ADD_QUEUE = sa.insert(queues).from_select(
    ["name"],
    sa.select(sa.cast(_of, TEXT)).where(
        ~sa.exists(sa.select(sa.literal_column("1")).where(queues.c.name == _of))
    ),
    include_defaults=False,
)
SET_LIMITS = (
    sa.update(queues)
    .where(queues.c.name == _of)
    .values({name: sa.bindparam(f"to_{name}", type_=BIG) for name in LIMITS})
    .returning(queues.c.name)
)
SET_STATE = (
    sa.update(queues)
    .where(queues.c.name == _of)
    .values(state=sa.bindparam("to", type_=TEXT))
    .returning(queues.c.name)
)
# The stager looks at what waited for the rate as it was.
HURRY_BUCKETS = (
    sa.update(buckets)
    .where(
        buckets.c.due_at.is_not(None),
        sa.func.substr(buckets.c.name, ONE, sa.func.length(_prefix)) == _prefix,
    )
    .values(due_at=NowMs())
)
RESOURCE = sa.select(resources.c.capacity).where(resources.c.name == _of)
SET_RESOURCE = (
    sa.update(resources)
    .where(resources.c.name == _of)
    .values(capacity=sa.bindparam("to", type_=INT))
    .returning(resources.c.name)
)
ADD_RESOURCE = sa.insert(resources)
REMOVE_RESOURCE = sa.delete(resources).where(resources.c.name == _of).returning(resources.c.name)
# The next claims see for themselves whether there is enough now.
LET_ALL_GO = (
    sa.update(jobs)
    .where(jobs.c.waits_for.in_([sa.bindparam("one"), sa.bindparam("other")]))
    .values(waits_for=None)
)

# By their own index: what may be claimed, however much it is, is not looked at.
PARKED = (
    sa.select(
        jobs.c.queue,
        (NowMs() - sa.func.min(jobs.c.created_at)).label("age"),
        sa.func.count().label("parked"),
    )
    .where(is_in("pending"), jobs.c.waits_for.is_not(None))
    .group_by(jobs.c.queue)
)
ALLOTTED = sa.select(jobs.c.allotted).where(is_in("running"), jobs.c.allotted.is_not(None))
WAITING_COUNTS = (
    sa.select(jobs.c.waits_for, sa.func.count().label("n"))
    .where(jobs.c.waits_for.is_not(None))
    .where(
        sa.or_(
            jobs.c.waits_for.like(literal("resource:%")),
            jobs.c.waits_for.like(literal("missing:%")),
        )
    )
    .group_by(jobs.c.waits_for)
)
