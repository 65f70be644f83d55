"""What is looked at again and again costs the same with few jobs and with many.

Counted are the steps of SQLite's machine, which no load of the computer changes.
"""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from queuectl_metrics import Exporter
from queuectl_store import Store, connect
from tests.conformance.story import a_job

FEW, MANY = 1_000, 30_000
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, created_at, spec)
SELECT 'k' || i, 'pending', 'q' || (i % 5), i % 3, 3, 1000 + i, '{{"shell": "true"}}' FROM n
"""
LOOKS: dict[str, Callable[[Store], object]] = {
    "queues": lambda store: store.reader.queues(),
    "counts": lambda store: store.reader.counts(),
    "depths": lambda store: store.rollups.depths(),
    "snapshot": lambda store: store.rollups.snapshot(),
    "scrape": lambda store: Exporter(store).expose(),
}


class Steps:
    """How many steps the connections made since, told by SQLite itself."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made = 0
        opens = sqlite3.connect

        def counting(*args: Any, **options: Any) -> sqlite3.Connection:
            connection = opens(*args, **options)
            connection.set_progress_handler(self._count, 1)
            return connection

        monkeypatch.setattr(sqlite3, "connect", counting)

    def _count(self) -> int:
        self.made += 1
        return 0

    def of(self, store: Store, look: Callable[[Store], object]) -> int:
        """Return how many *look* makes; without those of the first time."""
        look(store)
        before = self.made
        look(store)
        return self.made - before


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_look_takes_no_more_steps_with_many_pending_jobs(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, look: Callable[[Store], object]
) -> None:
    steps = Steps(monkeypatch)
    taken = []
    for count in (FEW, MANY):
        with connect(f"{sqlite_url}{count}") as store:
            store._database.write(lambda c, n=count: c.exec_driver_sql(FILL.format(count=n)))
            store.enqueue([a_job()])
            store.rollups.recount()
            store.rollups.fold()
            taken.append(steps.of(store, look))

    few, many = taken
    assert 0 < many < 1.1 * few
