"""What PostgreSQL does in one statement, where SQLite is given the parts of it one by one.

The parts are made by the functions that make those: jobs or claims, their events, and that they
are counted.
"""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from queuectl_store.sql import claim as claiming
from queuectl_store.sql.claim import BEST_QUEUE, events_of_claims, plain_claim
from queuectl_store.sql.enqueue import NEW_JOBS, insert_alike
from queuectl_store.sql.hot import BIG, EVENTS, ONE, TEXT, ZERO, events_of, literal
from queuectl_store.sql.limits import NO_LIMIT_HAS_A_SAY
from queuectl_store.sql.locks import ShareRules
from queuectl_store.sql.names import LONGEST_TASK
from queuectl_store.sql.rollups import TALLY, add_each
from queuectl_store.sql.shared import Shared
from queuectl_store.sql.tables import jobs


def _but(c: SimpleNamespace, **columns: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(c), **columns})


def _recorded(insert: sa.Insert) -> sa.Select[Any]:
    """Store jobs alike with all that is to be said of them; gives their ids in their order.

    Where none is stored, neither of the other tables has a row to be made of.
    """
    job = insert.returning(jobs.c.id).cte("job")
    event = events_of(_but(Shared(EVENTS).c, job_id=job.c.id)).cte("event")
    n = sa.func.count()
    stored = sa.select(n.label("n")).select_from(job).having(n > ZERO).subquery("stored")
    # A name may be longer than it is counted under.
    named = sa.bindparam("counted_as", type_=TEXT)
    tally = add_each(_but(Shared(TALLY).c, task=named, n=stored.c.n), stored).cte("tally")
    return sa.select(job.c.id).add_cte(event, tally)


# Under keys of the store's own no job is there yet, unless the call is repeated: leaving such out
# is a fifth of what storing a job costs, so they are an error here, and the other way finds them.
ENQUEUE_ONE = _recorded(insert_alike(Shared(NEW_JOBS).c))

# A list of texts: JSON of three columns takes both sides twice as long.
_specs = (
    sa.func.json_array_elements_text(sa.cast(sa.bindparam("specs", type_=sa.Text), sa.JSON))
    .table_valued(sa.column("spec", sa.Text), with_ordinality="place", name="specs")
    .render_derived()
)
_n = _specs.c.place - ONE + sa.bindparam("first", type_=BIG)
_key = sa.bindparam("stem", type_=sa.Text).concat(sa.cast(_n, sa.Text))
ENQUEUE_ALIKE = _recorded(
    insert_alike(
        _but(Shared(NEW_JOBS).c, key=_key, spec=_specs.c.spec), in_order_of=[_specs.c.place]
    )
)

# A lock is taken before the statement that relies on it: its own would see what was before.
SHARE_RULES = sa.select(ShareRules().label("locked"))
_bounds = sa.cast(sa.bindparam("bounds", type_=sa.Text), ARRAY(sa.BigInteger))


def _claimed(update: Any) -> sa.Select[Any]:
    """Claim with all that is to be said of it: as rollups/tally.py counts claims."""
    claim = update.cte("claim")
    c = claim.c
    event = events_of_claims(c.id, c.attempt).cte("event")
    ready_at = sa.func.greatest(c.created_at, c.run_at, c.pending_at)
    waited = sa.select(
        c.queue,
        sa.func.coalesce(
            sa.func.left(c.task, sa.literal_column(str(LONGEST_TASK))), literal("")
        ).label("task"),
        sa.func.greatest(c.started_at - ready_at, ZERO).label("ms"),
    ).subquery("waited")
    # A bound lies within its bucket.
    bucket = sa.func.width_bucket(waited.c.ms - ONE, _bounds)
    kinds = (
        sa.select(
            *(waited.c.queue, waited.c.task, bucket.label("bucket"), sa.func.count().label("n")),
            sa.cast(sa.func.sum(waited.c.ms), BIG).label("ms"),
        )
        .group_by(waited.c.queue, waited.c.task, bucket)
        .subquery("kinds")
    )
    move = {"verb": "claim", "source": "pending", "target": "running", "outcome": ""}
    k = SimpleNamespace(**dict(kinds.c), **{name: literal(word) for name, word in move.items()})
    tally = add_each(k, kinds).cte("tally")
    return sa.select(*c).add_cte(event, tally)


CLAIM_UNLIMITED = _claimed(plain_claim(BEST_QUEUE, NO_LIMIT_HAS_A_SAY))

# Says also whether a limit had a say, so that nothing was claimed for that alone.
PENDING_QUEUES = claiming.PENDING_QUEUES.add_columns(sa.not_(NO_LIMIT_HAS_A_SAY).label("limited"))
