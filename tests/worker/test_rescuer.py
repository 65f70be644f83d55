"""The tick that takes jobs back from workers that vanished."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from queuectl_store import JobState, ManualClock, Store, connect
from queuectl_worker import rescuer as module
from queuectl_worker.loop import NotNow
from queuectl_worker.outage import Outage
from queuectl_worker.rescuer import rescuer
from queuectl_worker.tuning import read_tuning
from tests.conformance.story import a_worker, claim_one, enqueue_one

LEASE_MS = 30_000


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Iterator[Store]:
    """One in which a worker has let its lease run out, with a job."""
    with connect(str(tmp_path / "queue.db"), clock=clock) as opened:
        worker = a_worker(opened, lease_ms=LEASE_MS)
        enqueue_one(opened)
        claim_one(opened, worker)
        clock.advance(ms=LEASE_MS + 1)
        yield opened


def state(store: Store) -> JobState:
    return store.reader.get(1).state


def test_a_job_of_a_worker_that_vanished_is_rescued(store: Store) -> None:
    rescuer(store, lambda: read_tuning({}), Outage())()

    assert state(store) is JobState.RETRYING


def test_nobody_is_rescued_by_a_call_that_had_to_wait_for_the_store(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever kept it waiting has kept others from renewing."""
    clock = count(step=LEASE_MS // 3 + 1)
    monkeypatch.setattr(module, "monotonic_ms", lambda: next(clock))

    with pytest.raises(NotNow) as later:
        rescuer(store, lambda: read_tuning({}), Outage())()

    assert state(store) is JobState.RUNNING
    assert later.value.pause_s >= module.SETTLING_S


def test_nobody_is_rescued_soon_after_an_outage(store: Store) -> None:
    outage = Outage()
    outage.failed("jobs", "locked", began=0.0)

    with pytest.raises(NotNow):
        rescuer(store, lambda: read_tuning({}), outage)()

    assert state(store) is JobState.RUNNING
