"""Jobs that turn long: what a worker has claimed ahead of its slots reaches one that is free."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from queuectl_store import JobState
from queuectl_worker import Queue
from queuectl_worker.fitting import Kind
from queuectl_worker.tasks import TaskFunction
from tests.library import shop
from tests.waiting import eventually

WITHIN_S = 60.0
SHORT = 60


@pytest.fixture
def queue(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """The shop's queue on a store of this test's own."""
    monkeypatch.setenv(shop.STORE, sqlite_url)
    monkeypatch.setattr(shop.queue, "_url", sqlite_url)
    yield shop.queue
    shop.queue.close()


@contextmanager
def one_slot(queue: Queue, executor: Kind) -> Iterator[None]:
    """Run a worker beside the block."""
    worker = queue.worker(concurrency=1, executor=executor, grace=5)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop(now=True)
        thread.join(WITHIN_S)
        assert not thread.is_alive(), "the worker did not end"


@pytest.mark.parametrize(
    ("executor", "meet"),
    [
        ("thread", shop.meet),
        ("thread", shop.meet_politely),
        pytest.param("process", shop.meet, marks=pytest.mark.not_on("win32")),
    ],
)
def test_a_job_held_behind_one_that_turned_long_runs_beside_it_on_a_free_worker(
    queue: Queue, executor: Kind, meet: TaskFunction[..., Any], tmp_path: Path
) -> None:
    """Each of the long ones ends only beside the other, so neither may wait behind it."""
    reader = queue.store.reader
    shop.pid.enqueue_many({} for _ in range(SHORT))
    with one_slot(queue, executor):
        eventually(
            lambda: reader.counts() == {"default": {JobState.SUCCEEDED: SHORT}},
            within=WITHIN_S,
            what="a quick pace",
        )
        folder = tmp_path / "meeting"
        folder.mkdir()
        long = meet.enqueue_many(
            {"folder": folder, "name": name, "others": 1} for name in ("first", "second")
        )
        eventually(
            lambda: all(reader.get(job.id).state is JobState.RUNNING for job in long),
            within=WITHIN_S,
            what="one worker to hold both",
        )
        with one_slot(queue, executor):
            ended = [job.wait(WITHIN_S) for job in long]

    assert [job.state for job in ended] == [JobState.SUCCEEDED] * 2
    ends = [[attempt.state for attempt in reader.attempts(job.id)] for job in long]
    assert ends == [["succeeded"], ["released", "succeeded"]]
    assert [reader.get(job.id).attempt for job in long] == [1, 1]
