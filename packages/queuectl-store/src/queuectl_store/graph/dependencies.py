"""What the jobs of one enqueue wait for: names become places, parents are locked, edges written."""

import graphlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from typing import Any

from queuectl_store.bounds import is_whole
from queuectl_store.errors import InvalidJob
from queuectl_store.graph.ids import id_rows
from queuectl_store.job import JobId, NewJob
from queuectl_store.quoting import shown
from queuectl_store.relations import Needs, OnDependencyFailure
from queuectl_store.sql.plain import relations as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.states import FINAL, JobState
from queuectl_store.values import dataclass

MAX_EDGES = 10_000
_MAX_ID = 2**63 - 1

# By place in the call: jobs that an earlier call stored.
Known = Mapping[int, JobId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One alternative of a clause. The parent is a stored job or another one of the call.

    Attributes:
        place: Where the parent stands in the call; None where *parent_id* says it.
        met: 1 it holds, 0 not known yet, -1 it can no longer hold.
    """

    clause: int
    needs: Needs
    parent_id: int | None = None
    place: int | None = None
    met: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """What one new job waits for: its edges, how many clauses are open, who doomed it already."""

    edges: Sequence[Edge]
    unmet: int
    failed: frozenset[int] = field(default_factory=frozenset)


def truth(state: JobState, needs: Needs) -> int:
    """Say what a parent's state makes of an edge: 1 it holds, 0 open, -1 it cannot hold now."""
    if state not in FINAL:
        return 0
    if needs is Needs.END:
        return 1
    return 1 if (state is JobState.SUCCEEDED) == (needs is Needs.SUCCESS) else -1


def clause_status(met: Sequence[int]) -> int:
    """Say the same of a clause, any of whose edges is enough."""
    return max(met)


def edges_of_call(jobs: Sequence[NewJob]) -> list[tuple[Edge, ...]]:
    """Return each job's edges, with names replaced by places in *jobs*.

    Raises:
        InvalidJob: A name is unknown, stands for two jobs, or the jobs wait for one another.
    """
    if not any(new.after for new in jobs):
        return [()] * len(jobs)
    names = Counter(new.name for new in jobs if new.name is not None)
    places = {new.name: n for n, new in enumerate(jobs) if new.name is not None}
    edges = [tuple(_edges(n, new, names, places)) for n, new in enumerate(jobs)]
    _refuse_cycles(jobs, edges)
    return edges


def tie(
    connection: Connection, jobs: Sequence[NewJob], edges: Sequence[Sequence[Edge]], known: Known
) -> dict[int, Tie]:
    """Lock the parents that are stored already, and say what each new job still waits for.

    Args:
        known: By place, the ids of those jobs that an earlier call stored; nothing is tied
            to them, but others may wait for them.

    Raises:
        InvalidJob: There is no job of an id.
    """
    stored = {n: _stored(each, known) for n, each in enumerate(edges) if each and n not in known}
    wanted = {edge.parent_id for each in stored.values() for edge in each}
    states = _lock_parents(connection, wanted - {None})
    ties = {}
    for n, each in stored.items():
        _refuse_unknown(n, each, states)
        ties[n] = _tie(jobs[n].on_dep_failure, each, states)
    return ties


def write_edges(
    connection: Connection,
    ties: Mapping[int, Tie],
    ids: Sequence[JobId],
    added: Collection[JobId],
) -> set[int]:
    """Write the edges of the jobs that were stored.

    Args:
        ids: Those of the whole call, by place.
        added: Those of them that were stored now; the others were there already.

    Returns:
        Parents that have ended already and whose children are to be told now.
    """
    ties = {n: each for n, each in ties.items() if ids[n] in added}
    rows = {
        (ids[n], edge.clause, _parent(edge, ids), edge.needs): edge.met
        for n, each in ties.items()
        for edge in each.edges
    }
    if not rows:
        return set()
    fields = ("child_id", "clause", "parent_id", "needs", "met")
    edges = [dict(zip(fields, (*key, met), strict=True)) for key, met in rows.items()]
    sql.WRITE_EDGES.run(connection, {"edges": json.dumps(edges)})
    # Another job of the call that turned out to be stored already may have ended.
    inner = {ids[place] for place in places_of_parents(ties)} - set(added)
    late = {job_id for job_id, state in _lock_parents(connection, inner).items() if state in FINAL}
    due = late.union(*(each.failed for each in ties.values()))
    if due:
        sql.MAKE_DUE.run(connection, {"parents": id_rows(due)})
    return due


def _parent(edge: Edge, ids: Sequence[JobId]) -> int | None:
    return edge.parent_id if edge.place is None else ids[edge.place]


def places_of_parents(ties: Mapping[int, Tie]) -> set[int]:
    """Return the places of the jobs for which others of the call wait."""
    places = {edge.place for each in ties.values() for edge in each.edges}
    return {place for place in places if place is not None}


def check(new: NewJob) -> None:
    """Refuse dependencies that say nothing or too much.

    Raises:
        InvalidJob: The message names the rule.
    """
    count = 0
    for clause in new.after:
        if not clause:
            raise InvalidJob("a dependency without a parent can never hold; leave it out")
        count += len(clause)
        for dependency in clause:
            _check_parent(dependency.parent)
    if count > MAX_EDGES:
        raise InvalidJob(
            f"the job waits for {count:,} others; the limit is {MAX_EDGES:,}:"
            " put a job that waits for a part of them in between"
        )


def _check_parent(parent: int | str) -> None:
    if isinstance(parent, str):
        if not parent:
            raise InvalidJob("a dependency on an empty name names nothing")
    elif not (is_whole(parent) and 1 <= parent <= _MAX_ID):
        raise InvalidJob(f"{shown(parent)} is not a job id")


def _edges(
    n: int, new: NewJob, names: Mapping[str, int], places: Mapping[str, int]
) -> Iterator[Edge]:
    seen = set()
    for clause, alternatives in enumerate(new.after):
        for each in alternatives:
            if (clause, each) in seen:
                continue
            seen.add((clause, each))
            if not isinstance(each.parent, str):
                yield Edge(clause=clause, needs=each.needs, parent_id=each.parent)
                continue
            count = names.get(each.parent, 0)
            if count != 1:
                why = "no job of this enqueue has" if count == 0 else f"{count} jobs have"
                raise _invalid(n, f"it waits for {each.parent[:100]!r}, but {why} that name")
            yield Edge(clause=clause, needs=each.needs, place=places[each.parent])


def _refuse_cycles(jobs: Sequence[NewJob], edges: Sequence[Sequence[Edge]]) -> None:
    inner = {
        n: {edge.place for edge in each if edge.place is not None} for n, each in enumerate(edges)
    }
    try:
        graphlib.TopologicalSorter(inner).prepare()
    except graphlib.CycleError as error:
        circle = [str(jobs[n].name) for n in error.args[1]]
        told = " -> ".join(circle[:8])
        raise _invalid(error.args[1][0], f"these jobs wait for one another: {told}") from error


def _stored(edges: Sequence[Edge], known: Known) -> list[Edge]:
    # A job of the call that is there already may have ended, as any other parent.
    return [
        replace(edge, parent_id=known[edge.place], place=None)
        if edge.place is not None and edge.place in known
        else edge
        for edge in edges
    ]


def _lock_parents(connection: Connection, wanted: set[Any]) -> dict[int, JobState]:
    if not wanted:
        return {}
    parents = id_rows(wanted)
    rows = sql.LOCK_PARENTS.run(connection, {"parents": parents})
    states = {row.id: JobState(row.state) for row in rows}
    sql.MARK_PARENTS.run(connection, {"parents": parents})
    return states


def _refuse_unknown(n: int, edges: Sequence[Edge], states: Mapping[int, JobState]) -> None:
    unknown = {
        edge.parent_id
        for edge in edges
        if edge.parent_id is not None and edge.parent_id not in states
    }
    if unknown:
        told = ", ".join(str(each) for each in sorted(unknown)[:5])
        noun = "job" if len(unknown) == 1 else "jobs"
        raise _invalid(n, f"it waits for {noun} {told}, and there is no such job")


def _tie(
    on_failure: OnDependencyFailure, edges: Sequence[Edge], states: Mapping[int, JobState]
) -> Tie:
    clauses: dict[int, list[Edge]] = {}
    for edge in edges:
        met = 0 if edge.parent_id is None else truth(states[edge.parent_id], edge.needs)
        clauses.setdefault(edge.clause, []).append(replace(edge, met=met))
    written: list[Edge] = []
    unmet, failed = 0, set()
    for each in clauses.values():
        status = clause_status([edge.met for edge in each])
        if status == -1 and on_failure is not OnDependencyFailure.RUN:
            # Written as open: the resolver, told of these parents, does what is to follow.
            failed |= {edge.parent_id for edge in each if edge.parent_id is not None}
            each, status = [replace(edge, met=0) for edge in each], 0
        written += each
        unmet += status == 0
    return Tie(edges=written, unmet=unmet, failed=frozenset(failed))


def _invalid(n: int, text: str) -> InvalidJob:
    error = InvalidJob(text)
    error.index = n
    return error


@contextmanager
def at(n: int) -> Iterator[None]:
    """Say of an InvalidJob that it is about the job at place *n*."""
    try:
        yield
    except InvalidJob as error:
        error.index = n
        raise
