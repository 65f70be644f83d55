"""What PostgreSQL does in one statement, where SQLite is given the parts of it one by one.

The parts are made by the functions that make those: a job, its event, and that it is counted.
"""

from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.enqueue import insert_one
from queuectl_store.sql.hot import EVENTS, events_of
from queuectl_store.sql.rollups import TALLY, add_each
from queuectl_store.sql.shared import Shared
from queuectl_store.sql.tables import jobs


def _but(c: SimpleNamespace, **columns: Any) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(c), **columns})


_job = insert_one().returning(jobs.c.id).cte("job")
_event = events_of(_but(Shared(EVENTS).c, job_id=_job.c.id)).cte("event")
# A name may be longer than it is counted under.
_counted = _but(Shared(TALLY).c, task=sa.bindparam("counted_as", type_=sa.Text))
_tally = add_each(_counted, _job).cte("tally")
# Where the job is not stored, neither of the others has a row to be made of.
ENQUEUE_ONE = sa.select(_job.c.id).add_cte(_event, _tally)
