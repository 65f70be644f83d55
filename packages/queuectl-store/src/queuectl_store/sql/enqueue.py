"""The statements by which jobs come into the store: several of any kind, several alike, and one.

Each is made by the same function; what differs is where it reads its columns.
"""

from typing import Any

import sqlalchemy as sa

from queuectl_store.sql.hot import BIG, INT, ONE, TEXT, ZERO, literal
from queuectl_store.sql.rows import Batch, GivesId, NowOnceMs, OnConflictDoNothing
from queuectl_store.sql.shared import Shared
from queuectl_store.sql.side_tables import queues
from queuectl_store.sql.tables import jobs

NEW_JOBS = Batch(
    "new_jobs",
    n=INT,
    key=TEXT,
    state=TEXT,
    queue=TEXT,
    priority=INT,
    max_retries=INT,
    timeout_ms=BIG,
    run_at=BIG,
    delay_ms=BIG,
    environment_id=BIG,
    name=TEXT,
    task=TEXT,
    spec=TEXT,
    slots=INT,
    guarded=INT,
    concurrency_key=TEXT,
    resources=TEXT,
    group_id=BIG,
    unique_key=TEXT,
    unique_slot=TEXT,
    unique_live=INT,
    unique_ms=BIG,
    unique_waiting=INT,
    unmet=INT,
    on_dep_failure=TEXT,
    has_children=INT,
    # 1: it belongs to what is there already, and comes into a draining queue too.
    follows=INT,
)


def _bare(c: Any) -> dict[str, sa.ColumnElement[Any]]:
    """Return what every job has."""
    copied = ["key", "state", "queue", "priority", "max_retries", "task", "spec"]
    copied += ["slots", "guarded"]
    return {**{name: getattr(c, name) for name in copied}, "created_at": NowOnceMs()}


def _own(c: Any) -> dict[str, sa.ColumnElement[Any]]:
    """Return what is stored of any job."""
    copied = ["timeout_ms", "environment_id", "name", "concurrency_key", "resources"]
    return {
        **_bare(c),
        **{name: getattr(c, name) for name in copied},
        "run_at": sa.func.coalesce(c.run_at, NowOnceMs() + c.delay_ms),
    }


def _ties(c: Any) -> dict[str, sa.ColumnElement[Any]]:
    """Return what binds a job to others: the defaults of the table say that nothing does."""
    copied = ["group_id", "unique_key", "unique_slot", "on_dep_failure"]
    flags = ["unique_live", "unique_waiting", "unmet", "has_children"]
    return {
        **{name: getattr(c, name) for name in copied},
        **{name: sa.func.coalesce(getattr(c, name), ZERO) for name in flags},
        "unique_until": NowOnceMs() + c.unique_ms,
    }


def _takes(c: Any) -> sa.ColumnElement[bool]:
    """Test whether the queue takes new jobs."""
    drains = sa.select(ONE).where(queues.c.name == c.queue, queues.c.state == literal("draining"))
    return ~sa.exists(drains.correlate_except(queues))


def _is_new(c: Any) -> sa.ColumnElement[bool]:
    """Test whether no job has the key: one that has belongs to a call that is repeated."""
    known = sa.select(ONE).where(jobs.c.key == c.key)
    return ~sa.exists(known.correlate_except(jobs))


def _insert(
    columns: dict[str, sa.ColumnElement[Any]], *where: sa.ColumnElement[bool], in_order_of: Any = ()
) -> sa.Insert:
    read = sa.select(*columns.values()).where(*where).order_by(*in_order_of)
    return sa.insert(jobs).from_select(list(columns), read, include_defaults=False)


def insert_alike(c: Any, *, in_order_of: Any = ()) -> sa.Insert:
    """Make the insert of jobs with nothing that binds them, whose columns are read from *c*."""
    return _insert(_own(c), _takes(c), in_order_of=in_order_of)


# What another transaction inserts at this moment under the same key, or the same unique slot.
_LEFT_OUT = OnConflictDoNothing()
ENQUEUE = (
    _insert(
        {**_own(NEW_JOBS.c), **_ties(NEW_JOBS.c)},
        _is_new(NEW_JOBS.c),
        sa.or_(NEW_JOBS.c.follows == ONE, _takes(NEW_JOBS.c)),
        in_order_of=[NEW_JOBS.c.n],
    )
    .ext(_LEFT_OUT)
    .returning(jobs.c.id, jobs.c.key, jobs.c.state, jobs.c.queue, jobs.c.task)
)

# Jobs that nothing binds to others, under keys of the store's own: several that are alike but for
# their arguments, and one. Looking such a key up would find it after a lost reply alone, and then
# the index refuses it too: at the cost of an id.
_alike = Shared(NEW_JOBS, "n", "key", "spec").c
ENQUEUE_ALIKE = (
    insert_alike(_alike, in_order_of=[_alike.n]).ext(_LEFT_OUT).returning(jobs.c.id, jobs.c.key)
)
_one = Shared(NEW_JOBS).c
ENQUEUE_ONE = insert_alike(_one).ext(_LEFT_OUT).ext(GivesId())
# Of one that says nothing of OPTIONAL: to bind those nulls takes as long as all that it has.
ENQUEUE_BARE = _insert(_bare(_one), _takes(_one)).ext(_LEFT_OUT).ext(GivesId())
