"""A store with something in every table, and its contents as a value to compare."""

from typing import Any

import sqlalchemy as sa

from queuectl_store import (
    Cancelled,
    Dead,
    JobId,
    OutputOf,
    Piece,
    Retry,
    Store,
    Succeeded,
    WorkerId,
)
from queuectl_store.upkeep.copying import TABLES
from tests.conformance.story import a_job, a_worker, ended

ROWS = """
INSERT INTO queuectl_groups (name, sealed, created_at, finished_at) VALUES ('group', 1, 5, 6);
INSERT INTO queuectl_queues (name, state, settings) VALUES ('mail', 'paused', '{}');
INSERT INTO queuectl_queues (name, state) VALUES ('Ämter', 'active');
INSERT INTO queuectl_queues (name, state) VALUES ('zebra', 'active');
INSERT INTO queuectl_resources (name, capacity) VALUES ('gpu', 2);
INSERT INTO queuectl_buckets (name, full_at_us, rate, rate_ms, burst) VALUES ('mail', 1, 9, 9, 1);
INSERT INTO queuectl_schedules
    (name, every_ms, tz, job, missed, window_ms, overlap, next_at, last_job_id, created_at)
    VALUES ('s', 1000, 'UTC', '{}', 'skip', 0, 'skip', 99, 1, 5);
INSERT INTO queuectl_slots (schedule_id, slot, outcome, at, job_id) VALUES (1, 9, 'fired', 9, 1);
INSERT INTO queuectl_hooks (name, rule, job, url, paused, tx, event_id, created_at)
    VALUES ('h', '{}', '{}', 'https://example.org/', 1, 0, 3, 5);
INSERT INTO queuectl_pruned (name, tx, id) VALUES ('events', 0, 0);
INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met)
    VALUES (9, 0, 2, 'success', 0);
UPDATE queuectl_jobs SET unmet = 1, state = 'blocked' WHERE id = 9;
UPDATE queuectl_events SET state = 'blocked' WHERE job_id = 9;
"""
LAST = JobId(9)


def fill(store: Store) -> None:
    """Put jobs in every state and rows in every table into an empty store."""
    store.enqueue([a_job(environment={"A": "1"}, name="\N{PILE OF POO}") for _ in range(6)])
    worker = a_worker(store, lease_ms=10_000)
    claims = store.claim(worker, limit=6)
    outcomes = (
        Succeeded(result='{"a": 1}'),
        Retry(delay_ms=60_000, reason="exit code 3"),
        Dead(reason="given up"),
        Cancelled(),
    )
    store.finish(
        worker,
        [
            ended(claim, outcome, exit_code=3, max_rss=2**40, log_bytes=5)
            for claim, outcome in zip(claims, outcomes, strict=False)
        ],
    )
    store.enqueue([a_job(delay_ms=60_000), a_job(hold=True), a_job(queue="mail")])
    store.settings.set("grace", "5s")
    store.outputs.add([Piece(OutputOf(claims[0].job.id, 1), 0, b"h\0i\xff")])
    store._database.write(
        lambda c: [c.exec_driver_sql(text) for text in ROWS.split(";") if text.strip()]
    )
    store.rollups.fold()
    # The newest row of all is gone: its number may still not be given again.
    (gone,) = store.enqueue([a_job()])
    for table, column in (("jobs", "id"), ("events", "job_id")):
        text = f"DELETE FROM queuectl_{table} WHERE {column} = {gone}"
        store._database.write(lambda c, t=text: c.exec_driver_sql(t))  # type: ignore[misc]
    store.rollups.recount()
    store.unregister(WorkerId(1))


def contents(store: Store, *, without: set[tuple[str, str]] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    """Return every row of every table, but for the columns that a copy changes."""
    found: dict[str, Any] = {}
    with store._database.engine.care.begin_read() as connection:
        for table in TABLES:
            rows = [
                {k: v for k, v in row.items() if (table.name, k) not in without}
                for row in connection.execute(sa.select(table)).mappings()
            ]
            found[table.name] = sorted(rows, key=str)
    return found
