"""The statements that run again and again read a partial index, however much history there is.

The plans are of the very texts and values that the store sends.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa

from queuectl_store import (
    Dead,
    Finish,
    JobFilter,
    JobId,
    JobState,
    Kept,
    ManualClock,
    NewGroup,
    Rate,
    Rules,
    Store,
    Succeeded,
    Unique,
    WorkerId,
    parse_halt,
)
from queuectl_store.engines.plain import PlainConnection
from queuectl_store.engines.postgres_plain import PostgresConnection
from queuectl_store.engines.transaction import Transaction
from queuectl_store.sql.on_postgres import text_of
from queuectl_store.sql.statement import Query
from queuectl_store.upkeep import sizing
from tests.conformance.story import a_job, a_worker, claim_one, ended, enqueue_one, vanished
from tests.conformance.ties import after

HISTORY = 20_000
# Few of what is still to do beside much that has ended: the store in which a scan would hurt.
FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO queuectl_jobs (key, state, queue, priority, max_retries, created_at, run_at, worker_id,
    spec, finished_at)
SELECT '{state}' || i, '{state}', 'q' || (i - i / 3 * 3), i - i / 5 * 5, 3, 0,
    9000000000000 + i, {worker}, '{{"shell": "true"}}', CASE WHEN '{state}' = 'succeeded' THEN i END
FROM n
"""
PARK = """
UPDATE queuectl_jobs SET state = 'pending', guarded = 1, concurrency_key = 'k',
    waits_for = 'key:q0/k', worker_id = NULL
WHERE state = 'scheduled' AND id - id / 2 * 2 = 0
"""
COUNTS = {
    "succeeded": HISTORY,
    "scheduled": HISTORY,
    "retrying": 50,
    "pending": 50,
    "running": 50,
    "dead": 50,
}
# What the ended parents of ended children once said.
FILL_EDGES = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO queuectl_dependencies (child_id, clause, parent_id, needs, met)
SELECT 1000000 + i, 0, 1000000 - i / 10, 'success', 1 FROM n
"""
ENDED = (JobState.SUCCEEDED, JobState.CANCELLED, JobState.DEAD)
ONLY_THE_NEWEST = Rules(default=Kept(ages=dict.fromkeys(ENDED), jobs=HISTORY // 4))
KEEP_ALL = Rules(default=Kept(ages=dict.fromkeys(ENDED)))
TABLE = "queuectl_jobs"
EDGES = "queuectl_dependencies"
ENDED_INDEXES = ("succeeded_at", "cancelled_at", "dead_at")
INDEXES = (
    "pending",
    "guarded",
    "waiting",
    "due",
    "running",
    "dead",
    "dead_of",
    "unique",
    *ENDED_INDEXES,
    "environment",
    "children_due",
    "group",
)
PARTIAL = {f"{TABLE}_{name}" for name in INDEXES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something that the store does often, and the partial indexes that it must use."""

    name: str
    does: Callable[[Store, WorkerId], object]
    uses: frozenset[str]


def an_act(name: str, does: Callable[[Store, WorkerId], object], *uses: str) -> Act:
    return Act(name=name, does=does, uses=frozenset(f"{TABLE}_{index}" for index in uses))


BEST: dict[str, object] = {"queue": "a", "priority": 1_000}


def end_parent(store: Store, worker: WorkerId) -> None:
    parent = enqueue_one(store, **BEST)
    store.enqueue([a_job(after=after(parent)), a_job(after=after(parent), hold=True)])
    finish_one(store, worker, parent)
    store.admin.retry([parent])
    store.resolve()


def halt_group(store: Store, worker: WorkerId) -> None:
    rules = NewGroup(name="g", halt=parse_halt("now,fail=1"), on_finish=a_job())
    first, *_ = store.enqueue([a_job(**BEST) for _ in range(3)], group=rules)
    finish_one(store, worker, first)
    store.resolve()
    store.reader.group("g")


def finish_one(store: Store, worker: WorkerId, expected: JobId) -> None:
    claim = claim_one(store, worker)
    assert claim.job.id == expected
    store.finish(worker, [Finish(claim=claim, outcome=Dead(reason="broken"))])


ACTS = [
    an_act("end_parent", end_parent, "children_due"),
    an_act("halt_group", halt_group, "group"),
    an_act("list_group", lambda store, _: store.reader.page(JobFilter(group="g")), "group"),
    an_act("claim", lambda store, worker: store.claim(worker, limit=4), "pending"),
    an_act("admit", lambda store, worker: admit(store, worker), "pending", "running", "waiting"),
    an_act("let_go", lambda store, worker: let_go(store, worker), "running", "waiting"),
    an_act("sweep", lambda store, _: store.limits.sweep(), "running", "waiting"),
    an_act("stage", lambda store, _: store.stage(), "due"),
    an_act("due_in", lambda store, _: store.due_in_ms(), "due"),
    an_act("renew", lambda store, worker: store.renew(worker), "running"),
    an_act("rescue", lambda store, _: store.rescue(vanished), "running"),
    an_act(
        "prune", lambda store, _: next(store.maintenance.prune(ONLY_THE_NEWEST)), "succeeded_at"
    ),
    an_act(
        "measure",
        lambda store, _: next(sizing.beyond(store._database, "q0", JobState.SUCCEEDED, 2**40)),
        "succeeded_at",
    ),
    an_act(
        "prunable", lambda store, _: store.maintenance.prunable(ONLY_THE_NEWEST), *ENDED_INDEXES
    ),
    an_act(
        "prune_environments",
        lambda store, _: list(store.maintenance.prune(KEEP_ALL)),
        *ENDED_INDEXES,
        "environment",
    ),
    an_act("work_left", lambda store, _: store.work_left(), "pending", "running", "due"),
    an_act(
        "work_left_in",
        lambda store, _: store.work_left({"q1", "q2"}),
        "pending",
        "running",
        "due",
    ),
]

ACTS += [
    an_act("enqueue_unique", lambda store, _: enqueue_twice(store), "unique"),
    an_act("queues", lambda store, _: store.reader.queues(), "pending", "waiting"),
    an_act("dead_groups", lambda store, _: store.dead.groups()),
    an_act("retry_dead_at_a_rate", lambda store, _: retry_at_a_rate(store), "waiting"),
    an_act("purge_dead", lambda store, _: store.dead.purge(JobFilter())),
]


def enqueue_twice(store: Store) -> None:
    """The second time the index refuses the job, and who has its slot is looked for."""
    for _ in range(2):
        store.enqueue([a_job(unique=Unique(key="k"))])


def retry_at_a_rate(store: Store) -> None:
    store.dead.retry(JobFilter(), rate=Rate(count=1, per_ms=60_000))
    store.stage()


def admit(store: Store, worker: WorkerId) -> object:
    """Claim from a queue with every kind of limit, beside many jobs that are parked."""
    store.admin.set_queue("limited", concurrency=90, rate=Rate.parse("9/s", burst=9))
    store.admin.set_resource("gpu", 2)
    store.enqueue(
        [
            a_job(queue="limited", concurrency_key=f"k{n}", resources={"gpu": 1}, priority=9)
            for n in range(5)
        ]
    )
    return store.claim(worker, limit=3)


def let_go(store: Store, worker: WorkerId) -> object:
    """Finish a job of a key for which others wait."""
    store.enqueue([a_job(queue="a", concurrency_key="k", priority=9) for _ in range(2)])
    claims = [each for each in store.claim(worker, limit=60) if each.job.concurrency_key]
    return store.finish(worker, [ended(each, Succeeded()) for each in claims])


@pytest.fixture
def full_store(store: Store, clock: ManualClock) -> Store:
    """A store with much history, and with a worker that vanished while it ran 50 jobs."""
    gone = a_worker(store, lease_ms=10_000)

    def fill(connection: sa.Connection) -> None:
        for state, count in COUNTS.items():
            text = FILL.format(state=state, count=count, worker=gone)
            connection.exec_driver_sql(text)
        connection.exec_driver_sql(PARK)
        connection.exec_driver_sql(FILL_EDGES.format(count=HISTORY))
        connection.exec_driver_sql("ANALYZE")

    store._database.write(fill)
    clock.advance(ms=10_001)
    return store


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_what_runs_often_reads_partial_indexes_and_never_all_jobs(
    full_store: Store, act: Act
) -> None:
    worker = a_worker(full_store)
    with listening() as sent:
        act.does(full_store, worker)

    plans = [plan_of(full_store, text, values) for text, values in sent if reads_much(text)]

    told = "\n\n".join(plans)
    assert not [line for plan in plans for line in full_reads(plan)], told
    assert act.uses <= {index for index in PARTIAL if re.search(rf"\b{index}\b", told)}, told


def reads_much(text: str) -> bool:
    return text.startswith(("SELECT", "UPDATE", "WITH")) and (TABLE in text or EDGES in text)


Sent = list[tuple[str, Any]]


@contextmanager
def listening() -> Iterator[Sent]:
    """Note every statement that any engine sends."""
    sent: Sent = []
    ask, execute = PostgresConnection.execute, PlainConnection.execute

    def noting(self: PlainConnection, query: Query, values: Any = (), /) -> Any:
        text, given = query.filled(one_of(values))
        sent.append((text.strip(), given))
        return execute(self, query, values or {})

    def asking(self: PostgresConnection, query: Any, values: Any = (), /) -> Any:
        text, given = text_of(query, one_of(values)).given(one_of(values))
        sent.append((text.strip(), given))
        return ask(self, query, values or {})

    PlainConnection.execute = noting  # type: ignore[method-assign]
    PostgresConnection.execute = asking  # type: ignore[method-assign]
    try:
        yield sent
    finally:
        PlainConnection.execute = execute  # type: ignore[method-assign]
        PostgresConnection.execute = ask  # type: ignore[method-assign]


def one_of(values: Any) -> Any:
    """Return the values of one run of a statement, which may run once for each of a list."""
    return (values[0] if isinstance(values, list) else values) or {}


def plan_of(store: Store, text: str, values: Any) -> str:
    def explain(connection: Transaction) -> str:
        if store.path is not None:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", values)
            return "\n".join(row[3] for row in rows)
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {text}", values).scalars())

    return store._database.write(explain)


def full_reads(plan: str) -> list[str]:
    """The lines of *plan* that read every job there is, by the table or by a whole index of it."""
    lines = plan.splitlines()
    return [
        line for line, after in zip(lines, [*lines[1:], ""], strict=True) if reads_all(line, after)
    ]


def reads_all(line: str, after: str) -> bool:
    # A heap is read by bitmap as far as the index below it says, and that has a line of its own.
    if any(index in line for index in PARTIAL) or "Bitmap Heap Scan" in line:
        return False
    if "Scan" in line:  # PostgreSQL; a whole index without a condition is every job too
        return (TABLE in line or EDGES in line) and "Index Cond" not in after
    # With min() SQLite calls even a read of the whole table a search, but names no index.
    bare_search = line.startswith(f"SEARCH {TABLE}") and " USING " not in line
    return bare_search or line.startswith((f"SCAN {TABLE}", f"SCAN {EDGES}"))
