"""A worker beside a block of the program that enqueues."""

import threading

import pytest

from queuectl_store import StoreUnreachable
from queuectl_worker import Queue


def test_it_runs_within_the_block_and_has_left_after_it(queue: Queue) -> None:
    @queue.task
    def add(a: int, b: int) -> int:
        return a + b

    with queue.worker(concurrency=2):
        joined = len(queue.store.reader.workers())
        result = add.enqueue(1, 2).wait(20).result

    assert (joined, result) == (1, 3)
    assert not any(each.alive for each in queue.store.reader.workers())
    assert not [each for each in threading.enumerate() if each.name == "queuectl-worker"]


def test_what_runs_at_the_end_of_the_block_has_its_grace(queue: Queue) -> None:
    has_begun, may_end = threading.Event(), threading.Event()

    @queue.task
    def work() -> str:
        has_begun.set()
        may_end.wait(20)
        return "done"

    with queue.worker(concurrency=1, grace=30):
        job = work.enqueue()
        # Claimed is not enough: what no thread has taken yet is given back at the end.
        assert has_begun.wait(20)
        threading.Timer(0.1, may_end.set).start()

    assert job.refresh().result == "done"


def test_a_store_that_cannot_be_used_is_told_where_the_block_begins() -> None:
    queue = Queue("mysql://somewhere/else")

    with pytest.raises(StoreUnreachable, match="not a kind of store"), queue.worker():
        pytest.fail("it has begun")


def test_an_error_of_the_block_is_raised_after_the_worker_has_left(queue: Queue) -> None:
    with pytest.raises(KeyError), queue.worker(concurrency=1):
        raise KeyError

    assert not any(each.alive for each in queue.store.reader.workers())
