"""Who of an idle worker gets up for what: on both databases."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from queuectl_store import (
    JobState,
    NewGroup,
    Outlook,
    Rate,
    Renewal,
    Store,
    WorkerId,
    connect,
    parse_halt,
)
from queuectl_worker import hotloop, stager
from tests.waiting import eventually
from tests.worker.story import enqueue, reaches, running, shell

pytestmark = pytest.mark.not_on("win")

NEVER = 3_600_000
LONG_LEASE = {"lease": "1h", "kill_grace": "200ms"}


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    with connect(store_url) as opened:
        yield opened


@pytest.fixture(autouse=True)
def asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody looks of their own accord."""
    monkeypatch.setattr(hotloop, "LONGEST_WAIT_MS", NEVER)
    monkeypatch.setattr(stager, "LONGEST_S", NEVER / 1000)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the loops beside the jobs have asked the store."""
    seen: list[str] = []
    outlook, renew = Store.outlook, Store.renew

    def looking(self: Store, *, slots: bool = True) -> Outlook:
        seen.append("outlook")
        return outlook(self, slots=slots)

    def renewing(self: Store, worker_id: WorkerId) -> Renewal:
        seen.append("renewal")
        return renew(self, worker_id)

    monkeypatch.setattr(Store, "outlook", looking)
    monkeypatch.setattr(Store, "renew", renewing)
    return seen


def test_jobs_wake_the_claim_and_nobody_else(store: Store, asked: list[str]) -> None:
    with running(store, concurrency=1, settings=LONG_LEASE):
        eventually(lambda: set(asked) == {"outlook", "renewal"}, within=20, what="the first looks")
        before = list(asked)

        for _ in range(3):
            (job_id,) = enqueue(store, shell("true"))
            reaches(store, job_id, JobState.SUCCEEDED)

        assert asked == before


def test_a_time_wakes_who_makes_jobs_due(store: Store) -> None:
    with running(store, concurrency=1, settings=LONG_LEASE):
        (job_id,) = enqueue(store, shell("true", delay_ms=200))

        reaches(store, job_id, JobState.SUCCEEDED)


def test_a_cancel_reaches_a_run_whose_lease_has_long_to_go(store: Store) -> None:
    with running(store, concurrency=1, settings=LONG_LEASE):
        (job_id,) = enqueue(store, shell("sleep 60"))
        reaches(store, job_id, JobState.RUNNING)

        store.admin.cancel([job_id])

        reaches(store, job_id, JobState.CANCELLED)


def test_a_wish_reaches_an_idle_worker_whose_lease_has_long_to_go(store: Store) -> None:
    with running(store, concurrency=1, settings=LONG_LEASE) as live:
        store.admin.stop_workers()

        live.ended(within=30)


def test_a_rate_wakes_who_lets_the_next_job_go(store: Store) -> None:
    store.admin.set_queue("slow", rate=Rate(count=20, per_ms=1_000))
    with running(store, concurrency=4, settings=LONG_LEASE):
        ids = enqueue(store, *[shell("true", queue="slow") for _ in range(30)])

        reaches(store, ids[-1], JobState.SUCCEEDED)


def test_a_group_that_halts_at_once_stops_the_runs_of_another_worker(store: Store) -> None:
    group = NewGroup(name="g", halt=parse_halt("now,fail=1"))
    slow, fails = (
        shell("sleep 60", queue="a", group="g"),
        shell("exit 1", queue="b", group="g", hold=True),
    )
    running_id, failing_id = store.enqueue([slow, fails], group=group)
    with ExitStack() as stack:
        for queue in "ab":
            options = {"queues": [queue], "concurrency": 1, "settings": LONG_LEASE}
            stack.enter_context(running(store, **options))
        reaches(store, running_id, JobState.RUNNING)

        store.admin.release([failing_id])

        reaches(store, running_id, JobState.CANCELLED)
