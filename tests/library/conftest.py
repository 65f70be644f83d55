"""A queue in a file of its own, and workers beside the block."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from queuectl_worker import Queue
from queuectl_worker.queueworker import QueueWorker
from tests.waiting import eventually

Working = Callable[..., AbstractContextManager[QueueWorker]]


@pytest.fixture
def queue(sqlite_url: str) -> Iterator[Queue]:
    queue = Queue(sqlite_url)
    yield queue
    queue.close()


@pytest.fixture
def working(queue: Queue) -> Working:
    """Runs a worker of the queue beside a block, with settings that suit tests."""

    @contextmanager
    def run(*, concurrency: int = 4, **settings: str) -> Iterator[QueueWorker]:
        worker = queue.worker(
            concurrency=concurrency, settings={"kill_grace": "200ms", **settings}, grace=5
        )
        ends: list[object] = []
        thread = threading.Thread(target=lambda: ends.append(worker.run()))
        thread.start()
        eventually(
            lambda: queue.store.reader.workers() or ends, within=20, what="the worker to join"
        )
        try:
            yield worker
        finally:
            worker.stop()
            thread.join(30)
            assert not thread.is_alive(), "the worker did not end"

    return run
