"""The statements of what people do: move jobs by hand, stop workers, change settings."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from queuectl_store.sql.hot import BIG, HAS_RUN_ITS_TIME, TEXT, ZERO, is_in, literal
from queuectl_store.sql.rows import Batch, NowMs
from queuectl_store.sql.side_tables import settings
from queuectl_store.sql.tables import jobs, workers
from queuectl_store.states import TRANSITIONS, Verb

TARGETS = Batch("targets", id=BIG)

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
    Verb.RETRY: _afresh,
    Verb.RERUN: _afresh,
}


def target_of(
    verb: Verb, open_clauses: sa.ColumnElement[int] = jobs.c.unmet
) -> sa.ColumnElement[str]:
    """Say in SQL in which state *verb* ends, by the row's dependencies and `run_at`."""
    _sources, target, otherwise, unmet = TRANSITIONS[verb]
    cases = []
    if unmet is not None:
        cases.append((open_clauses > ZERO, literal(unmet)))
    if otherwise is not None:
        cases.append((jobs.c.run_at > NowMs(), literal(otherwise)))
    return sa.case(*cases, else_=literal(target)) if cases else literal(target)


def _move(verb: Verb) -> ReturningUpdate[Any]:
    return (
        sa.update(jobs)
        .where(_chosen, is_in(*sorted(TRANSITIONS[verb].sources)))
        .values(state=target_of(verb), **_effects[verb])
        .returning(jobs.c.id, jobs.c.state, jobs.c.attempt, jobs.c.children_due, jobs.c.group_id)
    )


MOVES: Mapping[Verb, ReturningUpdate[Any]] = MappingProxyType(
    {verb: _move(verb) for verb in _effects}
)


# A running job is stopped by its worker, which is told at its next renewal.
ASK_TO_CANCEL = (
    sa.update(jobs).where(_chosen, is_in("running")).values(cancel_requested=1).returning(jobs.c.id)
)
# In the order of ids, as everybody locks jobs.
LOCK_JOBS = sa.select(jobs.c.id).where(_chosen).order_by(jobs.c.id).with_for_update()
STATES_OF = sa.select(jobs.c.id, jobs.c.state).where(_chosen)

_alive = workers.c.state.in_([literal("running"), literal("stopping")])
STOP_WORKERS = (
    sa.update(workers)
    .where(workers.c.id.in_(sa.select(TARGETS.c.id)), _alive)
    .values(stop=sa.bindparam("how", type_=TEXT), state=literal("stopping"))
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
