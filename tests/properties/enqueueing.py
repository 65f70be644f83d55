"""Rules: jobs come in, one by one and many at once, some of them again, some that cannot be."""

from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from queuectl_store import NewJob, Shell
from tests.properties.machine import StoreMachine
from tests.properties.twins import SUPPLIED

QUEUES = ("default", "mail", "video/hd")
HOUR = 3_600_000


class Order(NamedTuple):
    """What a job is asked to be; *run_in* is from the moment of the enqueue."""

    queue: str = "default"
    priority: int = 0
    delay_ms: int | None = None
    run_in: int | None = None
    hold: bool = False
    key: int | None = None
    extras: dict[str, Any] = {}  # noqa: RUF012 (nobody writes to it)

    def new_job(self, *, now: int) -> NewJob:
        return NewJob(
            work=Shell(script="true"),
            queue=self.queue,
            priority=self.priority,
            delay_ms=self.delay_ms,
            run_at=None if self.run_in is None else now + self.run_in,
            hold=self.hold,
            key=None if self.key is None else f"{SUPPLIED}{self.key}",
            **self.extras,
        )


AT_ONCE: dict[str, int] = {}
TIMINGS = st.sampled_from(
    [AT_ONCE] * 6
    + [{"delay_ms": 0}, {"delay_ms": 2_000}, {"delay_ms": HOUR}, {"delay_ms": HOUR}]
    + [{"run_in": -HOUR}, {"run_in": 1}, {"run_in": HOUR}]
)
EXTRAS = st.sampled_from(
    [
        {},
        {},
        {"name": "nightly", "tags": {"team": "a"}},
        {"environment": {"PATH": "/bin"}, "env": {"N": "1"}},
        {"environment": {"PATH": "/usr/bin"}, "max_retries": 0},
        {"timeout_ms": 1_000, "max_retries": 1, "cwd": "/tmp"},
    ]
)
ORDERS = st.builds(
    lambda queue, priority, timing, hold, key, extras: Order(
        queue=queue, priority=priority, hold=hold == 0, key=key, extras=extras, **timing
    ),
    st.sampled_from(QUEUES),
    st.sampled_from([0, 0, 0, 10, -10]),
    TIMINGS,
    st.integers(0, 6),
    st.sampled_from([None, None, None, *range(8)]),
    EXTRAS,
)
IMPOSSIBLE = st.sampled_from(
    [
        {"queue": "no spaces"},
        {"priority": 2**31},
        {"max_retries": -1},
        {"timeout_ms": -1},
        {"delay_ms": 1, "run_at": 1},
        {"run_at": 10**18},
        {"key": ""},
        {"name": "nul\0"},
        {"env": {"A": "nul\0"}},
        {"work": Shell(script=" ")},
    ]
)


class Enqueueing(StoreMachine):
    """Rules about jobs that come in."""

    @initialize(orders=st.lists(ORDERS, min_size=3, max_size=6))
    def some_jobs_are_there(self, orders: list[Order]) -> None:
        self.store_orders(orders)

    @rule(order=ORDERS)
    def enqueue_one(self, order: Order) -> None:
        self.store_orders([order])

    @rule(orders=st.lists(ORDERS, max_size=8))
    def enqueue_many(self, orders: list[Order]) -> None:
        self.store_orders(orders)

    @rule(orders=st.lists(ORDERS, max_size=2), wrong=IMPOSSIBLE)
    def enqueue_with_one_that_cannot_be(self, orders: list[Order], wrong: dict[str, Any]) -> None:
        jobs = [order.new_job(now=self.model.now) for order in orders]
        jobs.append(NewJob(**{"work": Shell(script="true"), **wrong}))

        refused = self.refuse(lambda store: store.enqueue(jobs), "InvalidJob")

        assert dict(refused.about)["index"] == len(orders)

    def store_orders(self, orders: list[Order]) -> None:
        # One that is refused would cost PostgreSQL the ids of those beside it, and only there.
        refused = [order._replace(extras={}) for order in orders if not self.is_open(order)]
        jobs = [order.new_job(now=self.model.now) for order in refused or orders]
        if refused:
            self.refuse(lambda store: store.enqueue(jobs), "QueueDraining")
            return
        known = self.model.last_id

        self.agree(lambda store: store.enqueue(jobs), self.model.enqueue(jobs))

        if self.model.last_id - known < len(jobs):
            self.tally.seen["an enqueue that finds its job"] += 1

    def is_open(self, order: Order) -> bool:
        """Say whether what *order* asks for can be: the job is there, or its queue takes it."""
        key = order.new_job(now=self.model.now).key
        return self.model.accepts(order.queue) or self.model.knows(key)
