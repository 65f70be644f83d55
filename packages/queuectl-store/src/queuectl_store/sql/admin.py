"""The statements of what people do: move jobs by hand, stop workers, change settings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from queuectl_store.sql.hot import BIG, HAS_RUN_ITS_TIME, ONE, TEXT, ZERO, is_in, literal
from queuectl_store.sql.names import AGAIN, EDITED
from queuectl_store.sql.rows import Batch, NowMs, OnConflictDoNothing
from queuectl_store.sql.side_tables import queues, settings
from queuectl_store.sql.tables import attempts, jobs, workers
from queuectl_store.sql.unique import HAS_ENDED, IS_LIVE, LIVE_AGAIN, is_free
from queuectl_store.states import TRANSITIONS, Verb

TARGETS = Batch("targets", id=BIG, fingerprint=TEXT)

# What a move gives back: that which its event says, that which is counted, that which follows.
MOVED = (
    *(jobs.c.id, jobs.c.state, jobs.c.attempt, jobs.c.children_due, jobs.c.group_id),
    *(jobs.c.queue, jobs.c.task, jobs.c.was),
)

_chosen = jobs.c.id.in_(sa.select(TARGETS.c.id))

# A full new allowance: attempt numbers go on, and are counted from here.
_afresh: Mapping[str, Any] = {
    "attempt_base": jobs.c.attempt,
    "crashes": 0,
    "run_at": None,
    "started_at": None,
    "worker_id": None,
    "finished_at": None,
    "note": None,
    "waits_for": None,
    "unmet": 0,
    "cancelled_for": None,
    "fingerprint": None,
    "children_due": jobs.c.has_children,
    "unique_live": LIVE_AGAIN,
}
_effects: Mapping[Verb, Mapping[str, Any]] = {
    Verb.CANCEL: {
        "finished_at": NowMs(),
        "note": sa.bindparam("because", type_=TEXT),
        "waits_for": None,
        "cancelled_for": None,
        "children_due": jobs.c.has_children,
        "unique_live": sa.case((HAS_RUN_ITS_TIME, ZERO), else_=jobs.c.unique_live),
    },
    Verb.HOLD: {"note": sa.bindparam("because", type_=TEXT), "waits_for": None},
    Verb.RELEASE: {"note": None, "cancelled_for": None},
    Verb.GIVE_UP: {
        "finished_at": NowMs(),
        "note": sa.bindparam("because", type_=TEXT),
        "children_due": jobs.c.has_children,
        "unique_live": sa.case((HAS_RUN_ITS_TIME, ZERO), else_=jobs.c.unique_live),
        "fingerprint": sa.select(TARGETS.c.fingerprint)
        .where(TARGETS.c.id == jobs.c.id)
        .scalar_subquery(),
    },
    Verb.RETRY: _afresh,
    Verb.RERUN: _afresh,
}


def target_of(
    verb: Verb,
    open_clauses: sa.ColumnElement[int] = jobs.c.unmet,
    *,
    at: sa.ColumnElement[int] = jobs.c.run_at,
) -> sa.ColumnElement[str]:
    """Say in SQL in which state *verb* ends, by the row's dependencies and its time *at*."""
    _sources, target, otherwise, unmet, stays = TRANSITIONS[verb]
    cases: list[Any] = []
    if stays:
        cases.append((is_in(*sorted(stays)), jobs.c.state))
    if unmet is not None:
        cases.append((open_clauses > ZERO, literal(unmet)))
    if otherwise is not None:
        cases.append((at > NowMs(), literal(otherwise)))
    return sa.case(*cases, else_=literal(target)) if cases else literal(target)


def _move(verb: Verb, *only: str) -> ReturningUpdate[Any]:
    sources = only or sorted(TRANSITIONS[verb].sources)
    again = (is_free(),) if verb in AGAIN else ()
    return (
        sa.update(jobs)
        .where(_chosen, is_in(*sources), *again)
        .values(state=target_of(verb), was=jobs.c.state, pending_at=NowMs(), **_effects[verb])
        .returning(*MOVED)
    )


MOVES: Mapping[Verb, ReturningUpdate[Any]] = MappingProxyType(
    {verb: _move(verb) for verb in _effects}
)

# A paced retry: each job waits until the stager lets it out.
RETRY_DEAD = _move(Verb.RETRY, "dead").values(waits_for=sa.bindparam("pacer", type_=TEXT))
# What a job in backoff failed with last.
LAST_ERRORS = (
    sa.select(jobs.c.id, sa.func.coalesce(attempts.c.error, jobs.c.note, "").label("error"))
    .join(attempts, sa.and_(attempts.c.job_id == jobs.c.id, attempts.c.token == jobs.c.token))
    .where(_chosen, is_in("retrying"))
)

# One job, whose row the transaction has locked.
OPEN = sa.select(jobs).where(jobs.c.id == sa.bindparam("job", type_=BIG)).with_for_update()
_new_time = sa.bindparam("to_run_at", type_=BIG)
EDIT = (
    sa.update(jobs)
    .where(jobs.c.id == sa.bindparam("job", type_=BIG))
    .values(
        state=target_of(Verb.EDIT, at=_new_time),
        was=jobs.c.state,
        pending_at=sa.case((is_in("pending"), jobs.c.pending_at), else_=NowMs()),
        **{name: sa.bindparam(f"to_{name}", type_=jobs.c[name].type) for name in EDITED},
        unique_slot=sa.bindparam("to_slot", type_=TEXT),
        waits_for=sa.bindparam("to_waits_for", type_=TEXT),
    )
    .returning(*MOVED)
)

# A running job is stopped by its worker, which is told at its next renewal.
ASK_TO_CANCEL = (
    sa.update(jobs).where(_chosen, is_in("running")).values(cancel_requested=1).returning(jobs.c.id)
)
# In the order of ids, as everybody locks jobs.
LOCK_JOBS = sa.select(jobs.c.id).where(_chosen).order_by(jobs.c.id).with_for_update()
STATES_OF = sa.select(jobs.c.id, jobs.c.state).where(_chosen)

_of_chosen = sa.select(jobs.c.unique_slot).where(_chosen).scalar_subquery()
FREE_EXPIRED_OF = (
    sa.update(jobs)
    .where(IS_LIVE, jobs.c.unique_slot.in_(_of_chosen), HAS_ENDED, jobs.c.unique_until <= NowMs())
    .values(unique_live=0)
)
SLOTS_OF = (
    sa.select(jobs.c.id, jobs.c.unique_slot, jobs.c.state)
    .where(_chosen, jobs.c.unique_slot.is_not(None))
    .order_by(jobs.c.id)
)
_holder = jobs.alias("holder")
_holds = sa.and_(_holder.c.unique_slot == jobs.c.unique_slot, _holder.c.id != jobs.c.id)
HOLDERS_OF = (
    sa.select(jobs.c.id, jobs.c.unique_key, _holder.c.id.label("holder"))
    .join_from(jobs, _holder, sa.and_(_holds, _holder.c.unique_live == sa.literal_column("1")))
    .where(_chosen)
)
# The newer job takes the slot at once, even where the cancelled one was to keep it for a time.
REPLACE = MOVES[Verb.CANCEL].values(unique_live=0).returning(jobs.c.unique_slot)
SUCCESSORS = Batch("successors", id=BIG, note=TEXT)
NAME_SUCCESSOR = sa.update(jobs).where(jobs.c.id == SUCCESSORS.c.id).values(note=SUCCESSORS.c.note)

_alive = workers.c.state.in_([literal("running"), literal("stopping")])
STOP_WORKERS = (
    sa.update(workers)
    .where(workers.c.id.in_(sa.select(TARGETS.c.id)), _alive)
    .values(stop=sa.bindparam("how", type_=TEXT), state=literal("stopping"))
    .returning(workers.c.id)
)
# A request to stop is not taken back by a weaker one.
QUIET_WORKERS = (
    sa.update(workers)
    .where(workers.c.id.in_(sa.select(TARGETS.c.id)), workers.c.state == literal("running"))
    .values(stop=literal("quiet"), state=literal("stopping"))
    .returning(workers.c.id)
)
LIVE_WORKERS = sa.select(workers.c.id).where(_alive)

SETTINGS = sa.select(settings.c.name, settings.c.value).order_by(settings.c.name)
SET_SETTING = (
    sa.update(settings)
    .where(settings.c.name == sa.bindparam("of", type_=TEXT))
    .values(value=sa.bindparam("to", type_=TEXT))
    .returning(settings.c.name)
)
ADD_SETTING = sa.insert(settings)
UNSET_SETTING = sa.delete(settings).where(settings.c.name == sa.bindparam("of", type_=TEXT))

_of_queue = queues.c.name == sa.bindparam("of_queue", type_=TEXT)
QUEUE_SETTINGS = (
    sa.select(queues.c.name, queues.c.settings)
    .where(queues.c.settings.is_not(None))
    .order_by(queues.c.name)
)
ADD_QUEUE = (
    sa.insert(queues)
    .from_select(
        ["name"],
        # A condition, since without one SQLite takes ON for that of a join.
        sa.select(sa.bindparam("of_queue", type_=TEXT)).where(ONE == ONE),
        include_defaults=False,
    )
    .ext(OnConflictDoNothing())
)
# Locked: two that set different settings at once must not forget one another's.
QUEUE_SETTINGS_OF = sa.select(queues.c.settings).where(_of_queue).with_for_update()
SET_QUEUE_SETTINGS = (
    sa.update(queues).where(_of_queue).values(settings=sa.bindparam("to", type_=TEXT))
)
