"""The statements of unique jobs. Whether a slot is free the partial index decides, nothing else."""

import sqlalchemy as sa

from queuectl_store.sql.hot import ONE, TEXT, ZERO, is_in
from queuectl_store.sql.locks import LockSlots
from queuectl_store.sql.rows import Batch, NowMs
from queuectl_store.sql.tables import jobs
from queuectl_store.states import FINAL

SLOTS = Batch("taken_slots", slot=TEXT)

# In the words of the index.
IS_LIVE = jobs.c.unique_live == ONE
HAS_ENDED = is_in(*sorted(FINAL))

# Two calls that insert the same slots in different orders would wait for one another.
TAKE_TURNS = sa.select(LockSlots())

_listed = jobs.c.unique_slot.in_(sa.select(SLOTS.c.slot))
_is_over = sa.and_(HAS_ENDED, jobs.c.unique_until <= NowMs())
FREE_EXPIRED = sa.update(jobs).where(IS_LIVE, _listed, _is_over).values(unique_live=0)

HOLDERS = sa.select(jobs.c.id, jobs.c.unique_slot, jobs.c.state).where(IS_LIVE, _listed)

# A job that is to run again takes its slot again.
LIVE_AGAIN = sa.case((jobs.c.unique_slot.is_not(None), ONE), else_=ZERO)


def is_free() -> sa.ColumnElement[bool]:
    """Test that no other job has a row's slot.

    The index has the last word: on PostgreSQL a transaction that meets another one here is
    refused by it, and run again.
    """
    other = jobs.alias("other")
    taken: sa.Select[int] = sa.select(sa.literal_column("1")).where(
        other.c.unique_slot == jobs.c.unique_slot,
        other.c.unique_live == ONE,
        other.c.id != jobs.c.id,
    )
    return jobs.c.unique_slot.is_(None) | ~sa.exists(taken.correlate(jobs))
