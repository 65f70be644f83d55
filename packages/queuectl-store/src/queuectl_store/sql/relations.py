"""The statements of dependencies: lock parents and children, tell edges, move what waited."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningUpdate

from queuectl_store.sql.admin import MOVED, target_of
from queuectl_store.sql.hot import BIG, HAS_RUN_ITS_TIME, INT, ONE, TEXT, ZERO, is_in
from queuectl_store.sql.rows import Batch, NowMs
from queuectl_store.sql.side_tables import dependencies
from queuectl_store.sql.tables import jobs
from queuectl_store.states import TRANSITIONS, Verb

PARENTS = Batch("parents", id=BIG)
CHILDREN = Batch("children", id=BIG)
EDGES = Batch("edges", child_id=BIG, clause=INT, parent_id=BIG, needs=TEXT, met=INT)
STALE = Batch("stale", parent_id=BIG, needs=TEXT, met=INT, truth=INT)
TOUCHED = Batch("touched", child_id=BIG, clause=INT)
SETTLED = Batch("settled", id=BIG, unmet=INT, note=TEXT, cancelled_for=BIG)

_parents = jobs.c.id.in_(sa.select(PARENTS.c.id))

# A parent that ends at this moment either is seen ended here, or will see that it has children.
# In the order of ids, so that two that lock the same ones wait for each other one way.
LOCK_PARENTS = (
    sa.select(jobs.c.id, jobs.c.state).where(_parents).order_by(jobs.c.id).with_for_update()
)
MARK_PARENTS = sa.update(jobs).where(_parents, jobs.c.has_children == ZERO).values(has_children=ONE)
WRITE_EDGES = sa.insert(dependencies).from_select(
    ["child_id", "clause", "parent_id", "needs", "met"],
    sa.select(*EDGES.columns),
    include_defaults=False,
)

_is_due = jobs.c.children_due == ONE
DUE_PARENTS = (
    sa.select(jobs.c.id, jobs.c.state)
    .where(_is_due)
    .order_by(jobs.c.id)
    .limit(sa.bindparam("at_most", type_=INT))
    .with_for_update(skip_locked=True)
)
IS_ANY_DUE = sa.exists(sa.select(ONE).where(_is_due))
ANY_DUE = sa.select(IS_ANY_DUE)
MAKE_DUE = sa.update(jobs).where(_parents).values(children_due=ONE)
CLEAR_DUE = sa.update(jobs).where(_parents, _is_due).values(children_due=ZERO)

# Every pair of need and answer that a parent's state makes wrong is looked up by equality: the
# edges that are right already, however many, are not read.
STALE_EDGES = (
    sa.select(
        dependencies.c.child_id,
        dependencies.c.clause,
        dependencies.c.parent_id,
        dependencies.c.needs,
        STALE.c.truth.label("met"),
    )
    .join_from(
        STALE,
        dependencies,
        sa.and_(
            dependencies.c.parent_id == STALE.c.parent_id,
            dependencies.c.needs == STALE.c.needs,
            dependencies.c.met == STALE.c.met,
        ),
    )
    .limit(sa.bindparam("at_most", type_=INT))
)

_rivals = jobs.alias("rivals")
_is_taken = sa.exists(
    sa.select(ONE).where(
        _rivals.c.unique_slot == jobs.c.unique_slot,
        _rivals.c.unique_live == ONE,
        _rivals.c.id != jobs.c.id,
    )
)
# Only those that still wait for a dependency, or were stopped for one: what may have run is free.
LOCK_CHILDREN = (
    sa.select(
        jobs.c.id,
        jobs.c.state,
        jobs.c.unmet,
        jobs.c.on_dep_failure,
        jobs.c.cancelled_for,
        jobs.c.unique_slot,
        _is_taken.label("is_taken"),
    )
    .where(
        jobs.c.id.in_(sa.select(CHILDREN.c.id)),
        sa.or_(
            sa.and_(jobs.c.unmet > ZERO, is_in("blocked", "held")),
            jobs.c.cancelled_for.is_not(None),
        ),
    )
    .order_by(jobs.c.id)
    .with_for_update(of=jobs)
)
_edge = (
    dependencies.c.child_id,
    dependencies.c.clause,
    dependencies.c.parent_id,
    dependencies.c.needs,
    dependencies.c.met,
)
CLAUSES = sa.select(*_edge).join_from(
    TOUCHED,
    dependencies,
    sa.and_(
        dependencies.c.child_id == TOUCHED.c.child_id,
        dependencies.c.clause == TOUCHED.c.clause,
    ),
)
EDGES_OF = sa.select(*_edge).where(dependencies.c.child_id.in_(sa.select(CHILDREN.c.id)))
TELL_EDGES = (
    sa.update(dependencies)
    .where(
        dependencies.c.child_id == EDGES.c.child_id,
        dependencies.c.clause == EDGES.c.clause,
        dependencies.c.parent_id == EDGES.c.parent_id,
        dependencies.c.needs == EDGES.c.needs,
    )
    .values(met=EDGES.c.met)
)

_tracked: Mapping[str, Any] = {"unmet": SETTLED.c.unmet, "cancelled_for": SETTLED.c.cancelled_for}
_effects: Mapping[Verb, Mapping[str, Any]] = {
    Verb.CANCEL: {
        "finished_at": NowMs(),
        "note": SETTLED.c.note,
        "waits_for": None,
        "children_due": jobs.c.has_children,
        "unique_live": sa.case((HAS_RUN_ITS_TIME, ZERO), else_=jobs.c.unique_live),
    },
    Verb.HOLD: {"note": SETTLED.c.note},
    Verb.RELEASE: {"note": None},
    Verb.BLOCK: {
        "finished_at": None,
        "note": None,
        "children_due": jobs.c.has_children,
        "unique_live": sa.case((jobs.c.unique_slot.is_(None), ZERO), else_=ONE),
    },
    Verb.UNBLOCK: {"note": None},
}


def _settle(verb: Verb) -> ReturningUpdate[Any]:
    return (
        sa.update(jobs)
        .where(jobs.c.id == SETTLED.c.id, is_in(*sorted(TRANSITIONS[verb].sources)))
        .values(
            state=target_of(verb, SETTLED.c.unmet),
            was=jobs.c.state,
            pending_at=NowMs(),
            **_tracked,
            **_effects[verb],
        )
        .returning(*MOVED)
    )


# In the order in which they are run: one that was blocked again may be free at once.
SETTLES: Mapping[Verb, ReturningUpdate[Any]] = MappingProxyType(
    {verb: _settle(verb) for verb in _effects}
)
# No move: only how many clauses are open, or which parent it is stopped for.
TRACK = (
    sa.update(jobs)
    .where(jobs.c.id == SETTLED.c.id)
    .values(note=sa.func.coalesce(SETTLED.c.note, jobs.c.note), **_tracked)
)
