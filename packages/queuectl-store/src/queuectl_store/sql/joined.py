"""What PostgreSQL does in one statement, where SQLite is given the parts of it one by one.

The parts are made by the functions that make those: jobs, their events, and that they are counted.
"""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.enqueue import NEW_JOBS, insert_alike
from queuectl_store.sql.hot import BIG, EVENTS, ONE, TEXT, ZERO, events_of
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
