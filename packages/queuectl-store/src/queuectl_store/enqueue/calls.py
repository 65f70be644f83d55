"""One call of enqueue: its jobs under their keys, what they wait for, the groups they belong to."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from queuectl_store import ledger, spec
from queuectl_store.clock import Times
from queuectl_store.enqueue import enqueuing, following
from queuectl_store.enqueue.enqueuing import Stored, Surroundings, Wanted
from queuectl_store.errors import InvalidJob
from queuectl_store.graph import consequences, dependencies, groups
from queuectl_store.graph.consequences import Touched
from queuectl_store.graph.dependencies import Edge, Tie
from queuectl_store.graph.group import NewGroup
from queuectl_store.job import JobId, NewJob
from queuectl_store.sql.plain import hot
from queuectl_store.sql.statement import Connection
from queuectl_store.states import JobState
from queuectl_store.values import dataclass

_LONGEST_KEY = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What was asked for, checked as far as that goes without the store.

    Attributes:
        key: The key of the whole call: it is stored once, whole.
        groups: The groups that are named, and the texts of their completion jobs' specs.
        followers: By place, the jobs that run after those have ended.
    """

    wanted: Sequence[Wanted]
    key: str | None
    edges: Sequence[Sequence[Edge]]
    groups: Mapping[str, NewGroup]
    finishes: Mapping[str, str]
    sealing: Collection[str]
    followers: Mapping[int, NewJob]

    @property
    def is_plain(self) -> bool:
        """Its jobs have nothing to do with one another or with others."""
        return self.key is None and not self.groups and not any(self.edges)

    @property
    def stands_alone(self) -> bool:
        """It may be stored with other calls as if they were one: only its own jobs concern it."""
        is_unique = any(each.new.unique is not None for each in self.wanted)
        return self.is_plain and not self.followers and not is_unique


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonds:
    """What binds the jobs of a call: columns by key, ties by place, groups by id."""

    columns: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    ties: Mapping[int, Tie] = field(default_factory=dict)
    group_ids: frozenset[int] = frozenset()


def checked(
    jobs: Sequence[NewJob],
    *,
    key: str | None = None,
    group: NewGroup | Sequence[NewGroup] | None = None,
    seal: bool = True,
    on_finish: Mapping[int, NewJob] | None = None,
) -> Call:
    """Check *jobs* and give them keys.

    Raises:
        InvalidJob: One cannot be stored; `index` says which.
    """
    if isinstance(group, NewGroup):
        jobs = [new if new.group else replace(new, group=group.name) for new in jobs]
    given = (group,) if isinstance(group, NewGroup) else group or ()
    asked = [following.told_of_its_group(each) for each in given]
    named = _groups(jobs, asked)
    stem = None if key is None else _checked_key(key, jobs)
    following.check(jobs, on_finish or {})
    return Call(
        wanted=enqueuing.prepare(jobs, stem=stem),
        key=key,
        edges=dependencies.edges_of_call(jobs),
        groups=named,
        finishes={
            each.name: enqueuing.checked(each.on_finish, 0)
            for each in asked
            if each.on_finish is not None
        },
        sealing={each.name for each in asked} if seal else (),
        followers=on_finish or {},
    )


def plain(wanted: Sequence[Wanted]) -> Call:
    """Return a call of jobs that were checked before, and that have nothing to do with others."""
    return Call(wanted=wanted, key=None, edges=(), groups={}, finishes={}, sealing=(), followers={})


def store(connection: Connection, times: Times, around: Surroundings, call: Call) -> list[JobId]:
    """Store the jobs of *call* that are not there yet, with all that binds them; return all ids.

    Raises:
        InvalidJob: A parent is unknown, a group takes no more jobs, or the call's key was
            used for other jobs.
    """
    bonds = _bind(connection, times, call, around)
    stored = enqueuing.enqueue(connection, times, around, call.wanted, bonds.columns)
    _settle(connection, times, bonds, stored)
    if last := list(following.due(call.followers, stored)):
        store(connection, times, around, checked(last))
    return stored.ids


def _bind(connection: Connection, times: Times, call: Call, around: Surroundings) -> Bonds:
    """Lock the parents and the groups of *call*, in this order; say how its jobs are stored."""
    if call.is_plain:
        return Bonds()
    known = _known(connection, call)
    if call.wanted and len(known) == len(call.wanted):
        return Bonds()
    if known and call.key is not None:
        raise InvalidJob(
            f"the key {call.key!r} was used for {len(known)} jobs and is now given with"
            f" {len(call.wanted)}; nothing was added: use another key for other jobs"
        )
    jobs = [each.new for each in call.wanted]
    ties = dependencies.tie(connection, jobs, call.edges, known)
    found = _admit(connection, times, call, around)
    return Bonds(
        columns=_columns(call, ties, found),
        ties=ties,
        group_ids=frozenset(row.id for row in found.values()),
    )


def _settle(connection: Connection, times: Times, bonds: Bonds, stored: Stored) -> None:
    """Write the edges of the jobs that were added, and do what follows at once."""
    due = set()
    # A job that another one stands for has no edges of its own.
    ties = {n: tie for n, tie in bonds.ties.items() if n in stored.places}
    if ties:
        due = dependencies.write_edges(connection, ties, stored.ids, stored.added)
    touched: list[Any] = [*stored.replaced]
    touched += [Touched(id=each, children_due=1) for each in due]
    touched += [Touched(group_id=each) for each in bonds.group_ids]
    if touched:
        consequences.follow(connection, times, touched)


def _groups(jobs: Sequence[NewJob], asked: Sequence[NewGroup]) -> dict[str, NewGroup]:
    named = {each.name: each for each in asked}
    if len(named) < len(asked):
        names = ", ".join(repr(name) for name in named)
        raise InvalidJob(f"a group is given with two rules ({names}); give each group one")
    for n, new in enumerate(jobs):
        if new.group is not None and new.group not in named:
            named[new.group] = NewGroup(name=new.group)
            with dependencies.at(n):
                groups.check_name(new.group)
    for each in asked:
        groups.check(each)
    return named


def _checked_key(key: str, jobs: Sequence[NewJob]) -> str:
    if not key or len(key) > _LONGEST_KEY or spec.clean(key) != key:
        raise InvalidJob(
            f"the key {key[:40]!r} is empty, over {_LONGEST_KEY} characters or no text"
        )
    for n, new in enumerate(jobs):
        if new.key is not None:
            with dependencies.at(n):
                raise InvalidJob("a job's key and a key of the whole call exclude one another")
    return key


def _known(connection: Connection, call: Call) -> dict[int, JobId]:
    keys = json.dumps([{"key": each.key} for each in call.wanted])
    ids = {row.key: row.id for row in hot.JOBS_BY_KEY.run(connection, {"keys": keys})}
    return {n: ids[each.key] for n, each in enumerate(call.wanted) if each.key in ids}


def _admit(
    connection: Connection, times: Times, call: Call, around: Surroundings
) -> dict[str, Any]:
    if not call.groups:
        return {}
    rows = []
    for name, group in sorted(call.groups.items()):
        on_finish = None
        if group.on_finish is not None:
            environment = around.environments.id_of(connection, group.on_finish.environment)
            last = ("", group.on_finish, call.finishes[name], environment)
            on_finish = json.dumps(json.loads(ledger.new_jobs([last], around.fallbacks))[0])
        is_sealed = name in call.sealing
        rows.append(groups.group_row(group, sealed=is_sealed, on_finish=on_finish))
    return groups.admit(connection, times, rows, sealing=call.sealing)


def _columns(
    call: Call, ties: Mapping[int, Tie], found: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    parents = dependencies.places_of_parents(ties)
    columns: dict[str, dict[str, Any]] = {}
    for n, each in enumerate(call.wanted):
        new = each.new
        own: dict[str, Any] = {"has_children": 1} if n in parents else {}
        if n in ties:
            own |= {"unmet": ties[n].unmet, "on_dep_failure": new.on_dep_failure}
            if ties[n].unmet and not new.hold:
                own["state"] = JobState.BLOCKED
        if new.group is not None:
            row = found[new.group]
            own |= {"group_id": row.id} | ({"guarded": 1} if row.halt or row.concurrency else {})
        if own:
            columns[each.key] = own
    return columns
