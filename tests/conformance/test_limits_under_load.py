"""Many workers at once: no limit is exceeded at any instant, and nothing is stuck.

The judge is the jobs' own log of begins and ends, kept beside the store by whoever runs them. A
begin is noted after its claim has returned and an end before its finish is sent, so that what the
log shows at one time surely ran at one time.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from queuectl_store import (
    Claim,
    Job,
    JobState,
    NewJob,
    Rate,
    Released,
    Retry,
    Shell,
    Store,
    Succeeded,
    Verb,
    connect,
)
from tests.conformance.story import a_worker, ended, vanished
from tests.waiting import eventually

WORKERS = 6
SECONDS = 6.0
LIMITS = {"queue:q": 5, "key": 1, "resource:gpu": 3}


@dataclass(slots=True)
class Observer:
    """Keeps the log and counts what runs, under one lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    running: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)
    units: set[int] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    ended: int = 0

    def begin(self, job: Job) -> None:
        with self.lock:
            for name, amount in demands(job).items():
                self.running[name] += amount
                self.most[name] = max(self.most[name], self.running[name])
                if self.running[name] > limit_of(name):
                    self.complaints.append(f"{self.running[name]} of {name}: job {job.id}")
            mine = set(job.allotted.get("gpu", ()))
            if mine & self.units or len(mine) != job.resources.get("gpu", 0):
                self.complaints.append(f"units {mine} of job {job.id} beside {self.units}")
            self.units |= mine

    def end(self, job: Job) -> None:
        with self.lock:
            self.ended += 1
            for name, amount in demands(job).items():
                self.running[name] -= amount
            self.units -= set(job.allotted.get("gpu", ()))


def demands(job: Job) -> dict[str, int]:
    found = {}
    if job.queue == "q":
        found["queue:q"] = 1
    if job.concurrency_key:
        found[f"key:{job.queue}/{job.concurrency_key}"] = 1
    if amount := job.resources.get("gpu"):
        found["resource:gpu"] = amount
    return found


def limit_of(name: str) -> int:
    return LIMITS["key"] if name.startswith("key:") else LIMITS[name]


def some_job(dice: random.Random) -> NewJob:
    return NewJob(
        work=Shell(script="true"),
        queue=dice.choice(["q", "q", "other"]),
        priority=dice.choice([0, 0, 0, 5]),
        concurrency_key=dice.choice([None, None, "a", "b", "c"]),
        resources=dice.choice([{}, {}, {"gpu": 1}, {"gpu": 2}]),
        slots=dice.choice([1, 1, 1, 2, 3]),
    )


def work_until(url: str, seed: int, observer: Observer, over: threading.Event) -> None:
    """Claim, run for a moment and finish, as a worker does, until *over* and nothing is held."""
    dice = random.Random(seed)
    held: list[Claim] = []
    with connect(url) as store:
        worker = a_worker(store, concurrency=4, lease_ms=60_000)
        while held or not over.is_set():
            dice.shuffle(held)
            split = dice.randint(0, len(held))
            ending, held = held[:split], held[split:]
            for claim in ending:
                observer.end(claim.job)
            free = 0 if over.is_set() else 4 - sum(claim.job.slots for claim in held)
            finishes = [ended(claim, some_end(dice)) for claim in ending]
            exchange = store.exchange(worker, finishes, limit=max(0, free))
            assert not exchange.refused
            for claim in exchange.claims:
                observer.begin(claim.job)
            held += exchange.claims
            time.sleep(dice.uniform(0, 0.004))


def some_end(dice: random.Random) -> Succeeded | Retry | Released:
    return dice.choice(
        [Succeeded(), Succeeded(), Succeeded(), Retry(delay_ms=0, reason="r"), Released(reason="r")]
    )


@contextmanager
def threads(*targets: tuple[object, ...]) -> Iterator[list[BaseException]]:
    """Run functions beside the block; what they raise comes out of it."""
    failures: list[BaseException] = []

    def guarded(function: object, *arguments: object) -> None:
        try:
            function(*arguments)  # type: ignore[operator]
        except BaseException as error:  # noqa: BLE001  # told to the test
            failures.append(error)

    live = [threading.Thread(target=guarded, args=target, daemon=True) for target in targets]
    for thread in live:
        thread.start()
    yield failures
    for thread in live:
        thread.join(60)
        assert not thread.is_alive()
    assert not failures, failures


def drain(store: Store, observer: Observer) -> None:
    """Run what is left, by one worker alone."""
    worker = a_worker(store, concurrency=50, lease_ms=60_000)

    def step() -> bool:
        store.stage()
        claims = store.exchange(worker, [], limit=50).claims
        for claim in claims:
            observer.begin(claim.job)
            observer.end(claim.job)
        store.finish(worker, [ended(claim, Succeeded()) for claim in claims])
        return not store.work_left()

    eventually(step, within=60, what="the rest to be done")


@pytest.mark.parametrize("seed", [1, 2])
def test_no_limit_is_exceeded_by_many_workers_and_nothing_is_stuck(
    store_url: str, seed: int
) -> None:
    observer, over = Observer(), threading.Event()
    dice = random.Random(seed)
    with connect(store_url) as store:
        store.admin.set_queue("q", concurrency=LIMITS["queue:q"])
        store.admin.set_resource("gpu", LIMITS["resource:gpu"])
        store.enqueue([some_job(dice) for _ in range(150)])
        workers = [(work_until, store_url, seed * 100 + n, observer, over) for n in range(WORKERS)]
        with threads(*workers) as failures:
            deadline = time.monotonic() + SECONDS
            while time.monotonic() < deadline and not failures:
                store.enqueue([some_job(dice) for _ in range(4)])
                store.stage()
                time.sleep(0.1)
            over.set()
        # No sweep has run: every job was let go by who ended, or admitted, before it.
        drain(store, observer)

        counts = store.reader.counts()
        assert not observer.complaints
        assert observer.most["queue:q"] == LIMITS["queue:q"]
        assert observer.most["resource:gpu"] == LIMITS["resource:gpu"]
        assert observer.ended > 150
        assert {state for of in counts.values() for state in of} == {JobState.SUCCEEDED}


def test_a_rate_holds_across_many_workers(store_url: str) -> None:
    rate = Rate.parse("20/s")
    with connect(store_url) as store:
        store.admin.set_queue("default", rate=rate)
        ids = store.enqueue([NewJob(work=Shell(script="true")) for _ in range(100)])
        observer, over = Observer(), threading.Event()
        with threads(*[(work_until, store_url, n, observer, over) for n in range(WORKERS)]):
            eventually(lambda: observer.ended >= 60, within=30, what="sixty paced starts")
            over.set()

        started = sorted(job.started_at for job in store.reader.find(ids) if job.started_at)
        for first in started:
            assert sum(first <= at < first + 1_000 for at in started) <= 20
        assert len(started) >= 30


def test_a_limit_set_while_workers_claim_holds_from_its_return(store_url: str) -> None:
    """A claim that read the store before must not start anything after the pause has returned."""
    observer, over = Observer(), threading.Event()
    with connect(store_url) as store:
        store.enqueue([NewJob(work=Shell(script="true"), queue="free") for _ in range(2_000)])
        with threads(*[(work_until, store_url, n, observer, over) for n in range(4)]):
            for _ in range(8):
                eventually(
                    lambda: store.reader.counts().get("free", {}).get(JobState.RUNNING, 0) > 0,
                    within=20,
                    what="jobs to run",
                )
                store.admin.pause("free")
                tokens = claims_so_far(store)
                time.sleep(0.05)
                assert claims_so_far(store) == tokens
                store.admin.resume("free")
            over.set()


def claims_so_far(store: Store) -> int:
    return store.reader.event_counts(since_ms=0).get(Verb.CLAIM, 0)


def test_a_worker_that_vanishes_frees_its_limits_for_the_others(store_url: str) -> None:
    with connect(store_url) as store:
        store.admin.set_resource("gpu", 1)
        gone = a_worker(store, lease_ms=500)
        lost, waiting = store.enqueue(
            [NewJob(work=Shell(script="true"), resources={"gpu": 1}) for _ in range(2)]
        )
        assert [claim.job.id for claim in store.claim(gone, limit=4)] == [lost]
        worker = a_worker(store, lease_ms=60_000)
        before = store.claim(worker, limit=4)

        eventually(lambda: store.rescue(vanished), within=20, what="the lease to run out")

        assert before == []
        assert [claim.job.id for claim in store.claim(worker, limit=4)] == [waiting]
