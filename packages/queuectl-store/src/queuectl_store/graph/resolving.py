"""Tells children what became of their parents: compares, never remembers, a bounded part at a time.

One round takes parents that are due, finds edges that say something else than the parent's present
state does, and moves the children that this frees or dooms. Those may be parents themselves.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from queuectl_store.clock import Times
from queuectl_store.graph.dependencies import clause_status, truth
from queuectl_store.graph.ids import id_rows
from queuectl_store.ledger import moved
from queuectl_store.recording import write_moves
from queuectl_store.relations import Needs, OnDependencyFailure
from queuectl_store.sql.plain import relations as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState, Verb
from queuectl_store.values import dataclass

Edges = Mapping[tuple[int, int], Mapping[tuple[int, str], int]]


class Round(NamedTuple):
    """What one round did: how many edges it told, and the children that it moved."""

    told: int
    moved: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A job that waits for others, or was stopped for one: *cancelled_for*.

    Attributes:
        slot: Its unique key within its scope. has_rival: Another live job has that meanwhile.
    """

    id: int
    state: JobState
    unmet: int
    on_failure: OnDependencyFailure
    cancelled_for: int | None
    slot: str | None = None
    has_rival: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause of a child before and after its edges were told, and the first parent in it."""

    before: int
    after: int
    parent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What becomes of a child: the moves it makes, in their order, and what its row says then."""

    verbs: tuple[Verb, ...]
    unmet: int
    note: str | None = None
    cancelled_for: int | None = None


def take_round(
    connection: Connection, times: Times, parents: Sequence[Any], *, limit: int
) -> Round:
    """Tell up to *limit* edges of *parents*, whose rows the caller has locked."""
    stale = _stale_edges(connection, parents, limit)
    moved = _tell(connection, times, stale) if stale else []
    if len(stale) < limit:
        ids = id_rows([row.id for row in parents])
        sql.CLEAR_DUE.run(connection, {"parents": ids})
    return Round(told=len(stale), moved=moved)


def judge(child: Child, clauses: Sequence[Clause]) -> Verdict:
    """Say what becomes of *child*. Pure.

    Args:
        clauses: Those that were touched; of a child that was stopped for a parent, all.
    """
    if child.cancelled_for is not None:
        return _judge_stopped(child, clauses)
    unmet = child.unmet + sum((each.after == 0) - (each.before == 0) for each in clauses)
    failed = [each.parent for each in clauses if each.after == -1]
    if failed and child.on_failure is not OnDependencyFailure.RUN:
        return _stopped(child, min(failed), unmet)
    is_free = unmet == 0 and child.state is JobState.BLOCKED
    return Verdict(verbs=(Verb.UNBLOCK,) if is_free else (), unmet=unmet)


def _stopped(child: Child, parent: int, unmet: int) -> Verdict:
    note = f"job {parent} failed"
    if child.on_failure is OnDependencyFailure.CANCEL:
        return Verdict(verbs=(Verb.CANCEL,), unmet=unmet, note=note, cancelled_for=parent)
    if child.state is JobState.HELD:  # by a person, who alone releases it
        return Verdict(verbs=(), unmet=unmet, note=note)
    return Verdict(verbs=(Verb.HOLD,), unmet=unmet, note=note, cancelled_for=parent)


def _judge_stopped(child: Child, clauses: Sequence[Clause]) -> Verdict:
    unmet = sum(each.after == 0 for each in clauses)
    failed = [each.parent for each in clauses if each.after == -1]
    if failed or child.has_rival:
        still = min(failed, default=child.cancelled_for)
        return Verdict(verbs=(), unmet=unmet, note=f"job {still} failed", cancelled_for=still)
    if child.state is JobState.HELD:
        return Verdict(verbs=(Verb.RELEASE,), unmet=unmet)
    # Its parent is open again; or has done by now what was asked of it.
    return Verdict(verbs=(Verb.BLOCK, Verb.UNBLOCK) if unmet == 0 else (Verb.BLOCK,), unmet=unmet)


def _stale_edges(connection: Connection, parents: Sequence[Any], limit: int) -> list[Any]:
    wrong = [
        {"parent_id": row.id, "needs": needs, "met": met, "truth": right}
        for row in parents
        for needs in Needs
        for right in (truth(JobState(row.state), needs),)
        for met in (-1, 0, 1)
        if met != right
    ]
    values = {"stale": json.dumps(wrong), "at_most": limit}
    return list(sql.STALE_EDGES.run(connection, values).all())


def _tell(connection: Connection, times: Times, stale: Sequence[Any]) -> list[Any]:
    # Locked first and looked at afterwards: of two parents that end at one moment, the second
    # to come sees what the first one told (READ COMMITTED reads anew in each statement).
    ids = id_rows({row.child_id for row in stale})
    children = [_child(row) for row in sql.LOCK_CHILDREN.run(connection, {"children": ids})]
    before = _clauses(connection, children, stale)
    edges = [dict(row._mapping) for row in stale]  # noqa: SLF001 (a row's documented accessor)
    sql.TELL_EDGES.run(connection, {"edges": json.dumps(edges)})
    after = {key: dict(met) for key, met in before.items()}
    for row in stale:
        if (row.child_id, row.clause) in after:
            after[row.child_id, row.clause][row.parent_id, row.needs] = row.met
    clauses: dict[int, list[Clause]] = defaultdict(list)
    for key, met in after.items():
        clauses[key[0]].append(_clause(before[key], met))
    verdicts = {child.id: judge(child, clauses[child.id]) for child in children}
    return _move(connection, times, _one_a_slot(children, verdicts))


def _clause(before: Mapping[tuple[int, str], int], after: Mapping[tuple[int, str], int]) -> Clause:
    return Clause(
        before=clause_status(list(before.values())),
        after=clause_status(list(after.values())),
        parent=min(parent for parent, _needs in after),
    )


def _clauses(connection: Connection, children: Sequence[Child], stale: Sequence[Any]) -> Edges:
    """Read the touched clauses of waiting children, and all clauses of stopped ones."""
    waiting = {child.id for child in children if child.cancelled_for is None}
    stopped = {child.id for child in children} - waiting
    rows: list[Any] = []
    touched = {(row.child_id, row.clause) for row in stale if row.child_id in waiting}
    if touched:
        pairs = [{"child_id": child, "clause": clause} for child, clause in sorted(touched)]
        rows += sql.CLAUSES.run(connection, {"touched": json.dumps(pairs)})
    if stopped:
        rows += sql.EDGES_OF.run(connection, {"children": id_rows(stopped)})
    clauses: dict[tuple[int, int], dict[tuple[int, str], int]] = defaultdict(dict)
    for row in rows:
        clauses[row.child_id, row.clause][row.parent_id, row.needs] = row.met
    return clauses


def _one_a_slot(
    children: Sequence[Child], verdicts: Mapping[int, Verdict]
) -> Mapping[int, Verdict]:
    # Several that were cancelled in turn may have the same unique key: the oldest comes back.
    taken: set[str] = set()
    kept = dict(verdicts)
    for child in children:
        if child.slot is None or Verb.BLOCK not in verdicts[child.id].verbs:
            continue
        if child.slot in taken:
            kept[child.id] = replace(
                verdicts[child.id], verbs=(), cancelled_for=child.cancelled_for
            )
        taken.add(child.slot)
    return kept


def _move(connection: Connection, times: Times, verdicts: Mapping[int, Verdict]) -> list[Any]:
    still = {child: each for child, each in verdicts.items() if not each.verbs}
    if still:
        sql.TRACK.run(connection, {"settled": _settled(still)})
    settled: dict[int, Any] = {}
    for name, statement in sql.SETTLES.items():
        verb = Verb(name)
        chosen = {child: each for child, each in verdicts.items() if verb in each.verbs}
        if not chosen:
            continue
        rows = statement.run(connection, {"settled": _settled(chosen), **times}).all()
        write_moves(connection, times, [moved(r, verb, note=chosen[r.id].note) for r in rows])
        settled |= {row.id: row for row in rows}
    return list(settled.values())


def _settled(verdicts: Mapping[int, Verdict]) -> str:
    return json.dumps(
        [
            {
                "id": child,
                "unmet": each.unmet,
                "note": each.note,
                "cancelled_for": each.cancelled_for,
            }
            for child, each in sorted(verdicts.items())
        ]
    )


def _child(row: Any) -> Child:
    return Child(
        id=row.id,
        state=JobState(row.state),
        unmet=row.unmet,
        on_failure=OnDependencyFailure(row.on_dep_failure or OnDependencyFailure.CANCEL),
        cancelled_for=row.cancelled_for,
        slot=row.unique_slot,
        has_rival=bool(row.is_taken),
    )
