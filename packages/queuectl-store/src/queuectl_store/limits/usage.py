"""What runs now and what the limits allow, as one transaction that holds the locks sees it."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from queuectl_store.limits.queues import QueueLimits, limits_of
from queuectl_store.limits.resource import Resource
from queuectl_store.limits.waits import group_name, key_name, split_name
from queuectl_store.sql.plain import limits as sql
from queuectl_store.sql.statement import Connection


class Usage:
    """Counts of running jobs, read from their rows when first asked for, and kept up from there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._is_read = False
        self._of_queue: Counter[str] = Counter()
        self._of_limit: Counter[str] = Counter()
        self._used: defaultdict[str, set[int]] = defaultdict(set)
        self._limits: dict[str, QueueLimits] = {}
        self._capacities: dict[str, int] | None = None
        self._groups: dict[int, int | None] = {}

    def limits(self, queue: str) -> QueueLimits:
        """Return what is set for *queue*."""
        if queue not in self._limits:
            row = sql.QUEUE.run(self._connection, {"of": queue}).first()
            self._limits[queue] = QueueLimits() if row is None else limits_of(row)
        return self._limits[queue]

    def starts(self, queue: str) -> int | None:
        """Return how many more jobs may run in *queue*; None is any number."""
        most = self.limits(queue).concurrency
        if most is None:
            return None
        self._read()
        return max(0, most - self._of_queue[queue])

    def free(self, names: Collection[str]) -> dict[str, int]:
        """Return the room of each of the keys and groups in *names*."""
        if not names:
            return {}
        self._read()
        self._read_groups(int(split_name(name)[1]) for name in names if name.startswith("group:"))
        return {name: self._free(name) for name in names}

    def resources(self) -> dict[str, Resource]:
        """Return every resource there is."""
        if self._capacities is None:
            rows = sql.RESOURCES.run(self._connection)
            self._capacities = {row.name: row.capacity for row in rows}
        if self._capacities:
            self._read()
        return {
            name: Resource(capacity=capacity, used=frozenset(self._used[name]))
            for name, capacity in self._capacities.items()
        }

    def count(self, row: Any, allotted: Mapping[str, Sequence[int]], n: int = 1) -> None:
        """Count *n* more running jobs like *row*."""
        self._of_queue[row.queue] += n
        for name in counted_names(row.queue, row.concurrency_key, row.group_id):
            self._of_limit[name] += n
        for name, indexes in allotted.items():
            self._used[name].update(indexes)

    def _free(self, name: str) -> int:
        kind, subject, key = split_name(name)
        if kind == "key" and key is not None:
            return max(0, self.limits(subject).of_a_key - self._of_limit[name])
        most = self._groups.get(int(subject))
        # A group without a limit of its own waits for nothing but its halt, which is limit 0.
        return 1_000_000 if most is None else max(0, most - self._of_limit[name])

    def _read(self) -> None:
        if not self._is_read:
            self._is_read = True
            for row in sql.RUNNING.run(self._connection).all():
                self.count(row, json.loads(row.allotted) if row.allotted else {}, row.n)

    def _read_groups(self, ids: Iterable[int]) -> None:
        missing = sorted(set(ids) - self._groups.keys())
        if missing:
            wanted = json.dumps([{"id": each} for each in missing])
            for row in sql.GROUPS.run(self._connection, {"ids": wanted}):
                self._groups[row.id] = 0 if row.halted else row.concurrency


def counted_names(queue: str, key: str | None, group_id: int | None) -> tuple[str, ...]:
    """Name the limits of which a job takes one each while it runs."""
    of_group = () if group_id is None else (group_name(group_id),)
    return of_group if key is None else (*of_group, key_name(queue, key))
