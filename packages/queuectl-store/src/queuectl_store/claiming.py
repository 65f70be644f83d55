"""Claiming, inside a transaction that the store has begun: from which queues, and how many."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from queuectl_store import ledger, records
from queuectl_store.bounds import words
from queuectl_store.clock import Times
from queuectl_store.job import HOOK_QUEUE, Claim, WorkerId
from queuectl_store.limits.admitting import Admission
from queuectl_store.rollups import tally
from queuectl_store.rollups.histogram import BOUNDS_MS
from queuectl_store.rollups.tally import Tally
from queuectl_store.sql.names import OF_A_PLAIN_CLAIM
from queuectl_store.sql.plain import claim as claim_sql
from queuectl_store.sql.statement import Connection, Statement

# They have no text for SQLite.
_SHARE_RULES = Statement("joined:SHARE_RULES", "")
_CLAIM_UNLIMITED = Statement("joined:CLAIM_UNLIMITED", "")
_PENDING_QUEUES = Statement("joined:PENDING_QUEUES", "")
_BOUNDS = f"{{{','.join(map(str, BOUNDS_MS))}}}"


class Wish(NamedTuple):
    """What a claim asks for; see `Store.exchange`."""

    limit: int
    queues: Collection[str] | None
    beside: int | None

    @property
    def set_aside(self) -> str | None:
        """The queue whose jobs take slots of their own, if one's do."""
        return None if self.beside is None else HOOK_QUEUE

    @property
    def is_any(self) -> bool:
        """Whether it asks for anything."""
        return self.limit > 0 or bool(self.beside)

    def room(self, queue: str, taken: Sequence[Claim]) -> int:
        """Return for how many slots jobs of *queue* are wanted after *taken*."""
        if self.queues is not None and queue not in self.queues:
            return 0
        if self.beside is None:
            return self.limit - sum(each.job.slots for each in taken)
        is_beside = queue == HOOK_QUEUE
        held = sum(each.job.slots for each in taken if (each.job.queue == HOOK_QUEUE) is is_beside)
        return (self.beside if is_beside else self.limit) - held


class Taken(NamedTuple):
    """New claims, of which some are to be counted; and what of those not taken (`Exchange`)."""

    claims: list[Claim]
    counted: Tally
    again: bool = False
    is_held_back: bool = False
    let_go: int = 0
    has_times: bool = False


class First(NamedTuple):
    """What was claimed without an answer, from the best queue; and what is pending then.

    Attributes:
        claims: With their events, and counted.
        found: Rows of PENDING_QUEUES; after a try they say too whether a limit had a say.
        is_tried: Whether there was a try to claim.
    """

    claims: list[Claim]
    found: Sequence[Any]
    is_tried: bool = False

    def rest(self, wish: Wish) -> "First | None":
        """Return what another transaction may still claim; None if there is nothing."""
        heads = [head for head in self.left(wish) if wish.room(head.queue, self.claims) > 0]
        return First([], heads) if heads else None

    def left(self, wish: Wish) -> list[Any]:
        """Return the queues of those wished for from which to claim still, best first."""
        done = self.claims[0].job.queue if self.claims else None
        heads = [
            head for head in self.found if head.queue != done and wish.room(head.queue, ()) > 0
        ]
        if self.is_tried and not self.claims:
            tried = [head for head in heads if head.queue != wish.set_aside]
            if len(tried) == 1 and not tried[0].limited:
                heads.remove(tried[0])  # others have those jobs, or are about to
        return sorted(heads, key=lambda row: (-row.priority, row.id))


def claim(
    connection: Connection,
    times: Times,
    worker_id: WorkerId,
    wish: Wish,
    *,
    may_admit: bool,
    first: First | None = None,
) -> Taken:
    """Take jobs for up to so many slots, from the queue whose best job is best first.

    Args:
        may_admit: Whether the transaction holds the locks of limits.
        first: What has been claimed before.
    """
    if not wish.is_any:
        return Taken([], Tally())
    if first is None:
        first = First([], claim_sql.PENDING_QUEUES.run(connection).all())
    heads = first.left(wish)
    is_limited = any(head.needs_admission for head in heads)
    gate = Admission(connection, times, worker_id) if may_admit and is_limited else None
    values = {"worker": worker_id, **times}
    taken = _take(connection, values, heads, wish, gate, taken_first=first.claims)
    if taken:
        values = {"taken": ledger.taken(taken), "worker": worker_id, **times}
        claim_sql.WRITE_CLAIMS.run(connection, values)
    counted, claims = tally.claimed(taken), in_order(first.claims, taken)
    if gate is None:
        return Taken(claims, counted, again=is_limited)
    has_times = gate.close()
    is_held_back = gate.is_held_back or gate.is_short_of_slots
    return Taken(claims, counted, gate.is_unfinished, is_held_back, gate.let_go, has_times)


def claim_first(
    connection: Connection, times: Times, worker_id: WorkerId, wish: Wish
) -> Callable[[], First | None]:
    """Claim from the best queue where no limit has a say, without an answer to which that is.

    Where writes are joined: the claims have their events, and are counted.

    Returns:
        What tells, after the commit too, what was claimed and what is pending then; or None
        where only jobs set aside are wished for.
    """
    if wish.limit <= 0:
        return lambda: None
    served = None
    if wish.queues is not None:
        served = json.dumps([{"name": words(each)} for each in wish.queues])
    which = {"at_most": wish.limit, "served": served, "set_aside": wish.set_aside}
    which["bounds"] = _BOUNDS
    result = _CLAIM_UNLIMITED.run(connection, {"worker": worker_id, **which, **times})
    found = _PENDING_QUEUES.run(connection)

    def told() -> First:
        claims = sorted(records.claims(result, OF_A_PLAIN_CLAIM), key=_rank)
        return First(claims, found.all(), is_tried=True)

    return told


def claim_alone(
    connection: Connection, times: Times, worker_id: WorkerId, wish: Wish
) -> Callable[[], First | None]:
    """Do as `claim_first` in a transaction that does nothing else, of which nothing is awaited."""
    _SHARE_RULES.run(connection)
    return claim_first(connection, times, worker_id, wish)


def _take(
    connection: Connection,
    values: dict[str, Any],
    heads: Sequence[Any],
    wish: Wish,
    gate: Admission | None,
    *,
    taken_first: Sequence[Claim],
) -> list[Claim]:
    claims: list[Claim] = []
    for head in heads:
        slots = wish.room(head.queue, [*taken_first, *claims])
        if slots <= 0:
            continue
        if gate is not None and gate.is_short_of_slots:
            break
        if not head.needs_admission:
            room = {"from_queue": head.queue, "at_most": slots}
            result = claim_sql.CLAIM.run(connection, {**values, **room})
            taken = records.claims(result, OF_A_PLAIN_CLAIM)
        else:
            taken = [] if gate is None else gate.take(head.queue, slots)
        claims += sorted(taken, key=_rank)
    return claims


def in_order(first: list[Claim], taken: list[Claim]) -> list[Claim]:
    """Return both, from the queue whose best job is best first."""
    if not (first and taken):
        return first or taken
    claims = [*first, *taken]
    best = {each.job.queue: _rank(each) for each in reversed(claims)}
    return sorted(claims, key=lambda each: best[each.job.queue])


def _rank(claim: Claim) -> tuple[int, int]:
    return -claim.job.priority, claim.job.id
