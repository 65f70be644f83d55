"""Many jobs of one task: stored in as few statements as the database allows, and as one by one."""

import pytest

from queuectl_store import NewJob, QueueDraining, Store, Task
from queuectl_store.enqueue.mould import Mould
from tests.conformance.story import story_of

# One statement, and two of them.
SIZES = [1, 2, 1_001]


def calls(store: Store, count: int) -> list[int]:
    """Store a job for each number below *count*; return their ids."""
    mould = Mould(NewJob(work=Task(name="work")))
    return list(store.enqueue_calls(mould, [([n], {}) for n in range(count)]))


def number_in(store: Store, job_id: int) -> object:
    work = store.reader.get(job_id).work  # type: ignore[arg-type]
    assert isinstance(work, Task)
    [number] = work.args
    return number


@pytest.mark.parametrize("count", SIZES)
def test_jobs_alike_get_ids_in_the_order_of_their_calls(store: Store, count: int) -> None:
    ids = calls(store, count)

    assert ids == sorted(set(ids))
    assert [number_in(store, ids[place]) for place in (0, -1)] == [0, count - 1]
    assert story_of(store, ids[-1]) == ["enqueue"]
    assert store.reader.counts()["default"] == {"pending": count}


@pytest.mark.parametrize("count", SIZES)
def test_jobs_alike_whose_commit_got_no_answer_are_not_stored_again(
    store: Store, count: int
) -> None:
    """The same call comes again: its jobs are found by their keys."""
    wanted = Mould(NewJob(work=Task(name="work"))).wanted([([n], {}) for n in range(count)])
    first = store._arrivals.store_plain(wanted)

    again = store._arrivals.store_plain(wanted)

    assert again == first
    assert store.reader.counts()["default"] == {"pending": count}


@pytest.mark.parametrize("count", SIZES)
def test_a_draining_queue_takes_none_of_jobs_alike(store: Store, count: int) -> None:
    calls(store, 1)
    store.admin.drain("default")

    with pytest.raises(QueueDraining):
        calls(store, count)

    assert store.reader.counts()["default"] == {"pending": 1}
