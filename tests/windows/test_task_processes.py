"""Task processes on Windows where they differ: job objects, output, and the command line.

What they share with other systems is in tests/library/test_processes.py, which runs there too.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from queuectl_store import JobState
from queuectl_worker import InvalidTask, LogFolder, Queue, log_root
from tests.cli.inprocess import Inside
from tests.library import shop
from tests.library.test_processes import living, pids_in
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("linux", "darwin")
WITHIN_S = 60.0
APP = """
from queuectl_worker import Queue

queue = Queue({db!r})

@queue.task
def shout(words):
    print("saying", words)
    return words.upper()
"""


@pytest.fixture
def queue(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setenv(shop.STORE, sqlite_url)
    monkeypatch.setattr(shop.queue, "_url", sqlite_url)
    yield shop.queue
    shop.queue.close()


@contextmanager
def working(queue: Queue, **settings: str) -> Iterator[None]:
    worker = queue.worker(concurrency=1, executor="process", settings=settings, grace=5)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(WITHIN_S)
        assert not thread.is_alive(), "the worker did not end"


def log_of(queue: Queue, job_id: int) -> Path:
    path = LogFolder(log_root(queue.store)).for_run(queue.store.reader.get(job_id))
    assert path is not None
    return path


def test_a_time_limit_ends_what_the_task_started(queue: Queue, tmp_path: Path) -> None:
    with working(queue):
        job = shop.brood.options(timeout=5).enqueue(tmp_path)
        pids = pids_in(tmp_path)
        assert len(living(pids)) == 2
        job.wait(WITHIN_S)
        eventually(lambda: not living(pids), within=WITHIN_S, what="their end")

    assert queue.store.reader.attempts(job.id)[-1].error == "timed out after 5s"


def test_a_task_that_is_killed_fails_with_the_exit_code_and_the_next_one_runs(
    queue: Queue, tmp_path: Path
) -> None:
    with working(queue):
        job = shop.brood.enqueue(tmp_path)
        process, child = pids_in(tmp_path)
        psutil.Process(process).kill()
        job.wait(WITHIN_S)
        eventually(lambda: not living([child]), within=WITHIN_S, what="the end of its child")
        assert shop.add.enqueue(1, 1).wait(WITHIN_S).result == 2

    assert job.refresh().state is JobState.DEAD
    assert queue.store.reader.attempts(job.id)[-1].error == "exit code 15"


def test_output_is_utf8_with_line_feeds_whatever_the_code_page(queue: Queue) -> None:
    with working(queue):
        job = shop.say.enqueue("naïve 🧨").wait(WITHIN_S)

    assert log_of(queue, job.id).read_bytes() == "naïve 🧨\n".encode()


def test_output_is_in_the_log_while_the_task_still_runs(queue: Queue, tmp_path: Path) -> None:
    go_on = tmp_path / "go-on"
    with working(queue):
        job = shop.say_and_wait.enqueue("first", go_on)
        eventually(
            lambda: (
                job.refresh().state is JobState.RUNNING
                and log_of(queue, job.id).exists()
                and log_of(queue, job.id).read_bytes() == b"first\n"
            ),
            within=WITHIN_S,
            what="the first line",
        )
        go_on.touch()
        job.wait(WITHIN_S)

    assert log_of(queue, job.id).read_bytes() == b"first\nlast\n"


def test_of_a_log_over_its_cap_both_ends_stay_and_its_middle_goes_or_the_worker_tells(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    """NTFS takes the middle out; where there are no sparse files, as under Wine, it stays."""
    with working(queue, log_cap="1M"):
        job = shop.fill.enqueue(4).wait(WITHIN_S)

    log = log_of(queue, job.id).read_bytes()
    assert (log[:6], log[-5:]) == (b"first\n", b"last\n")
    assert job.refresh().state is JobState.SUCCEEDED
    told = [each for each in caplog.records if each.message == "output was not kept"]
    assert told or log[2 << 20 :].startswith(bytes(100))


def test_what_the_task_starts_writes_to_the_same_log(queue: Queue) -> None:
    with working(queue):
        job = shop.say_by_another.enqueue("from below").wait(WITHIN_S)

    assert log_of(queue, job.id).read_bytes().splitlines() == [b"from below"]


def test_more_processes_than_windows_can_wait_for_are_refused(queue: Queue) -> None:
    with pytest.raises(InvalidTask, match="at most 400 task processes on Windows, not 401"):
        queue.worker(concurrency=401, executor="process").run(burst=True)


def test_a_silent_task_has_no_log(queue: Queue) -> None:
    with working(queue):
        job = shop.pid.enqueue().wait(WITHIN_S)

    assert not log_of(queue, job.id).exists()


def test_the_command_line_starts_them(tmp_path: Path) -> None:
    inside = Inside(folder=tmp_path)
    (tmp_path / "hall.py").write_text(APP.format(db=str(inside.db)))
    inside.must("enqueue", '{"task": "shout", "args": ["hey"]}')

    inside.must("worker", "start", "--burst", "--app", "hall:queue", "--executor", "process")

    assert inside.job(1)["result"] == "HEY"
    assert inside.must("logs", "1").out == b"saying hey\n"
