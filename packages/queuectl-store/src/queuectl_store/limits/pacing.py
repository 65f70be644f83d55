"""Buckets in the store, as one transaction that holds the locks reads and fills them."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from queuectl_store.limits import transaction as limits
from queuectl_store.limits.rates import Bucket, Rate
from queuectl_store.limits.usage import Usage
from queuectl_store.limits.waits import split_name
from queuectl_store.sql.plain import limits as sql
from queuectl_store.sql.plain.read import NOW
from queuectl_store.sql.statement import Connection

_AT_ONCE = 100
_MOST = 1_000


class Buckets:
    """Reads buckets when first asked for and writes those that changed, once, at `save`."""

    def __init__(self, connection: Connection, now_us: int) -> None:
        self._connection, self._now_us = connection, now_us
        self._known: dict[str, Bucket] = {}
        self._stored: dict[str, tuple[int, int | None]] = {}
        self._due: dict[str, int | None] = {}

    def get(self, names: Collection[str], rate: Rate) -> dict[str, Bucket]:
        """Return the buckets of these names, by the *rate* that is set for them now."""
        missing = sorted(set(names) - self._known.keys())
        if missing:
            wanted = json.dumps([{"name": name} for name in missing])
            self._known.update((name, Bucket(rate=rate)) for name in missing)
            for row in sql.BUCKETS_NAMED.run(self._connection, {"names": wanted}):
                bucket = Bucket(rate=rate, full_at_us=row.full_at_us)
                is_filling = bucket.full_at_us > self._now_us
                self._known[row.name] = bucket.settled(self._now_us) if is_filling else bucket
                self._stored[row.name] = row.full_at_us, row.due_at
        return {name: self._known[name] for name in names}

    def put(self, name: str, bucket: Bucket, *, due_at: int | None) -> None:
        """Keep *bucket*, and when (ms) the stager must look at what waits for it, if any does."""
        self._known[name], self._due[name] = bucket, due_at

    def save(self) -> bool:
        """Write what was put and is not as it was read; tell whether any of that will be due."""
        rows = [
            _row(name, self._known[name], due)
            for name, due in sorted(self._due.items())
            if self._stored.get(name) != (self._known[name].full_at_us, due)
        ]
        old = [row for row in rows if row["name"] in self._stored]
        new = [row for row in rows if row["name"] not in self._stored]
        if old:
            sql.SAVE_BUCKETS.run(self._connection, {"filled": json.dumps(old)})
        if new:
            sql.ADD_BUCKETS.run(self._connection, {"filled": json.dumps(new)})
        return any(row["due_at"] is not None for row in rows)


def let_out(connection: Connection, times: Mapping[str, Any]) -> int:
    """Let jobs go whose rate allows a start by now; return how many buckets were due.

    Where a whole queue waits for its rate no job is marked: the bell that follows is enough.
    """
    values = {"at_most": _AT_ONCE, **times}
    if not sql.BUCKETS_DUE.run(connection, values).all():
        return 0
    sql.LOCK_COUNTS.run(connection)
    rows = sql.BUCKETS_DUE.run(connection, values).all()
    now_us = NOW.run(connection, times).scalar_one() * 1_000
    usage, buckets = Usage(connection), Buckets(connection, now_us)
    for row in rows:
        stored = Rate(count=row.rate, per_ms=row.rate_ms, burst=row.burst)
        _, queue, key = split_name(row.name)
        rate = stored if key is None else usage.limits(queue).key_rate
        bucket = buckets.get([row.name], rate or stored)[row.name]
        due_at = None
        if key is not None:
            room = bucket.tokens(now_us) if rate else _MOST
            due_at = _let_out_of(connection, row.name, bucket, room, now_us)
        buckets.put(row.name, bucket, due_at=due_at)
    buckets.save()
    return len(rows)


def _let_out_of(
    connection: Connection, name: str, bucket: Bucket, room: int, now_us: int
) -> int | None:
    ids = limits.best(connection, {name: room})
    limits.unpark(connection, ids)
    # They take their tokens when they start; the next ones are due as if they had.
    return bucket.after(len(ids), now_us).ready_at_ms(now_us) if len(ids) == room else None


def _row(name: str, bucket: Bucket, due_at: int | None) -> dict[str, object]:
    return {
        "name": name,
        "full_at_us": bucket.full_at_us,
        "rate": bucket.rate.count,
        "rate_ms": bucket.rate.per_ms,
        "burst": bucket.rate.burst,
        "due_at": due_at,
    }
