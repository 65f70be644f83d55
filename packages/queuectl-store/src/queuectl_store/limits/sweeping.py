"""The look at what waits for limits, whoever should have let it go: a person who held the job
whose turn it was, a queue that was paused, a limit that was raised."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from queuectl_store.limits import transaction as limits
from queuectl_store.limits.admission import fitting
from queuectl_store.limits.queues import QueueState
from queuectl_store.limits.usage import Usage, counted_names
from queuectl_store.limits.waits import resource_name, split_name
from queuectl_store.sql.plain import limits as sql
from queuectl_store.sql.statement import Connection
from queuectl_store.values import dataclass

NAMES_A_SWEEP = 1_000
MOST_A_SWEEP = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep saw.

    Attributes:
        after: Where the next one goes on; empty is at the beginning.
        found: The limits in which there was room although jobs waited.
    """

    after: str = ""
    found: frozenset[str] = field(default_factory=frozenset)


def look(connection: Connection, after: str) -> Swept:
    """Find limits with room for which jobs wait, among the next names after *after*."""
    values = {"after_name": after, "at_most": NAMES_A_SWEEP}
    names = list(sql.WAITED_FOR.run(connection, values).scalars())
    usage = Usage(connection)
    free = usage.free([name for name in names if name.startswith(("key:", "group:"))])
    found = {name for name, n in free.items() if n}
    found |= {name for name in names if _fits(connection, usage, name)}
    found |= _forgotten(connection, [name for name in names if name.startswith("rate:")])
    return Swept(after=names[-1] if len(names) == NAMES_A_SWEEP else "", found=frozenset(found))


def let_go(
    connection: Connection,
    names: frozenset[str],
    boosts: Mapping[str, int],
    *,
    is_hungry: bool,
) -> int:
    """Let jobs go for which there is room; return how many.

    Args:
        is_hungry: A worker has free slots and found nothing to claim: then the jobs that have
            been let go before do not take the room, and others may.
    """
    sql.LOCK_COUNTS.run(connection)
    rates = {name for name in names if name.startswith("rate:")}
    count = limits.unpark(connection, limits.best(connection, dict.fromkeys(sorted(rates), 1)))
    promised: Mapping[str, int] | None = {} if is_hungry else _promised(connection)
    if promised is None:
        return count
    others, usage = names - rates, Usage(connection)
    most = max(1, MOST_A_SWEEP // max(1, len(others)))
    boosts = {name: min(boost, most) for name, boost in boosts.items()}
    return count + limits.let_go(connection, usage, others, promised=promised, boosts=boosts)


def let_go_of_queue(connection: Connection, queue: str) -> int:
    """Let as many go of each key of a queue as there is room, after its limit was changed."""
    usage, after, count = Usage(connection), "", 0
    while True:
        values = {"after_name": after, "at_most": NAMES_A_SWEEP}
        names = list(sql.WAITED_FOR.run(connection, values).scalars())
        mine = [name for name in names if split_name(name)[:2] == ("key", queue)]
        count += limits.let_go(connection, usage, mine)
        if len(names) < NAMES_A_SWEEP:
            return count
        after = names[-1]


def _promised(connection: Connection) -> Counter[str] | None:
    """Count what jobs that may be claimed will take; None while claims have to sort them first."""
    rows = sql.PROMISED.run(connection, {"at_most": MOST_A_SWEEP + 1}).all()
    if len(rows) > MOST_A_SWEEP:
        return None
    promised: Counter[str] = Counter()
    for row in rows:
        if row.state == QueueState.PAUSED:
            continue
        promised.update(counted_names(row.queue, row.concurrency_key, row.group_id))
        for name, amount in json.loads(row.resources or "{}").items():
            promised[resource_name(name)] += amount
    return promised


def forget_full_buckets(connection: Connection, times: Mapping[str, Any]) -> None:
    """Delete the buckets of keys that have not been seen for as long as they take to fill."""
    sql.LOCK_COUNTS.run(connection)
    sql.FORGET_BUCKETS.run(connection, times)


def _fits(connection: Connection, usage: Usage, name: str) -> bool:
    kind, _, subject = name.partition(":")
    if kind != "resource" or (resource := usage.resources().get(subject)) is None:
        return False
    rows = sql.WAITING_BEST.run(connection, {"of": name, "at_most": 1})
    wanted = [(row.id, limits.amount_of(row, subject)) for row in rows]
    return any(fitting(wanted, resource))


def _forgotten(connection: Connection, names: Sequence[str]) -> set[str]:
    """Return the rates that jobs wait for and that no stager will look at."""
    wanted = json.dumps([{"name": name} for name in names])
    rows = sql.BUCKETS_NAMED.run(connection, {"names": wanted}).all() if names else []
    return set(names) - {row.name for row in rows if row.due_at is not None}
