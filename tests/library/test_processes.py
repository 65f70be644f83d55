"""Tasks in processes: killable, recycled, with their own output, and gone with their worker."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from queuectl_store import JobState
from queuectl_worker import (
    InvalidTask,
    LogFolder,
    Queue,
    QueuedJob,
    Recycling,
    log_root,
    read,
)
from queuectl_worker.errors import PoolStartError
from queuectl_worker.tasks import TaskFunction
from scripts.bootstrap import ROOT
from tests.library import shop
from tests.waiting import eventually

WITHIN_S = 60.0
Working = Callable[..., AbstractContextManager[None]]


@pytest.fixture
def queue(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """The shop's queue on a store of this test's own."""
    monkeypatch.setenv(shop.STORE, sqlite_url)
    monkeypatch.setattr(shop.queue, "_url", sqlite_url)
    yield shop.queue
    shop.queue.close()


@pytest.fixture
def working(queue: Queue) -> Working:
    @contextmanager
    def run(*, concurrency: int = 2, recycling: Recycling | None = None) -> Iterator[None]:
        worker = queue.worker(
            concurrency=concurrency,
            executor="process",
            recycling=recycling,
            settings={"kill_grace": "3s"},
            grace=5,
        )
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield
        finally:
            worker.stop()
            thread.join(WITHIN_S)
            assert not thread.is_alive(), "the worker did not end"

    return run


def output(queue: Queue, job: QueuedJob) -> str:
    path = LogFolder(log_root(queue.store)).for_run(job.refresh().facts)
    assert path is not None
    return read(path).decode()


def test_functions_and_coroutines_run_in_processes_and_bring_their_results_back(
    queue: Queue, working: Working
) -> None:
    with working():
        jobs = [shop.add.enqueue(1, 2), shop.double.enqueue(21), shop.report.enqueue()]
        results = [job.wait(WITHIN_S).result for job in jobs]
        pids = {shop.pid.enqueue().wait(WITHIN_S).result for _ in range(4)}

    assert results == [3, 42, True]
    assert jobs[2].refresh().facts.progress == "30% of it"
    assert os.getpid() not in pids
    assert len(pids) <= 2
    assert output(queue, jobs[0]) == "adding 1 2\n"
    (attempt,) = queue.store.reader.attempts(jobs[0].id)
    assert attempt.log_bytes == len("adding 1 2\n")
    assert attempt.max_rss is not None
    assert attempt.max_rss > 10_000_000


def test_middleware_is_entered_in_the_process_that_runs_the_task(working: Working) -> None:
    with working():
        job = shop.around.enqueue().wait(WITHIN_S)

    around, pid = job.result
    assert pid != os.getpid()
    assert around == f"{pid} {job.id}"


def test_an_exception_comes_back_as_text_and_its_traceback_is_in_the_log(
    queue: Queue, working: Working
) -> None:
    with working():
        failed, given_up = (
            shop.fail.enqueue().wait(WITHIN_S),
            shop.hopeless.enqueue().wait(WITHIN_S),
        )

    assert queue.store.reader.attempts(failed.id)[-1].error == "ValueError: no good"
    said = output(queue, failed)
    assert said.startswith("on stderr\nTraceback (most recent call last):\n")
    assert said.endswith("ValueError: no good\n")
    assert (given_up.state, given_up.facts.note) == (JobState.DEAD, "no such account")


def test_a_log_that_cannot_be_made_is_told_of_and_costs_no_run(
    queue: Queue, working: Working, caplog: pytest.LogCaptureFixture
) -> None:
    logs = LogFolder(log_root(queue.store)).root
    block_days(logs)
    with working():
        job = shop.add.enqueue(1, 2).wait(WITHIN_S)

    assert job.result == 3
    (told,) = [each for each in caplog.records if each.message == "output was not kept"]
    assert told.__dict__["job_id"] == job.id
    assert "could not be made" in told.__dict__["reason"]


def test_a_result_of_a_hundred_megabytes_fails_its_attempt_and_not_the_process(
    queue: Queue, working: Working
) -> None:
    with working(concurrency=1):
        before = shop.pid.enqueue().wait(WITHIN_S).result
        job = shop.large.enqueue(100_000_000).wait(WITHIN_S)
        after = shop.pid.enqueue().wait(WITHIN_S).result

    error = queue.store.reader.attempts(job.id)[-1].error or ""
    assert error.startswith("ResultTooLarge: the result is 100,000,002 characters as JSON")
    assert before == after


@pytest.mark.parametrize(
    ("task", "args", "error"),
    [
        pytest.param(shop.die, (), "killed by SIGKILL (9)", marks=pytest.mark.not_on("win32")),
        (shop.leave, (3,), "exit code 3"),
        (shop.leave, (0,), "ProcessExit: the task ended its process"),
    ],
    ids=["killed", "code", "zero"],
)
def test_a_task_that_ends_its_process_fails_and_the_next_one_runs(
    queue: Queue, working: Working, task: TaskFunction[..., None], args: tuple[int], error: str
) -> None:
    with working(concurrency=1):
        job = task.enqueue(*args).wait(WITHIN_S)
        assert shop.add.enqueue(1, 1).wait(WITHIN_S).result == 2

    assert job.state is JobState.DEAD
    assert queue.store.reader.attempts(job.id)[-1].error == error


def test_no_file_is_left_of_processes_that_ended_or_were_killed(
    queue: Queue, working: Working
) -> None:
    with working():
        killed = shop.die.enqueue()
        assert [shop.add.enqueue(1, n).wait(WITHIN_S).result for n in range(3)] == [1, 2, 3]
        assert killed.wait(WITHIN_S).state is JobState.DEAD

    spool = LogFolder(log_root(queue.store)).spool  # which Windows does not have
    eventually(lambda: not [*spool.glob("*")], within=20, what="an empty folder of spool files")


def test_a_busy_loop_is_ended_at_its_time_limit(queue: Queue, working: Working) -> None:
    with working(concurrency=1):
        job = shop.spin.enqueue().wait(WITHIN_S)

    assert queue.store.reader.attempts(job.id)[-1].error == "timed out after 0.3s"


@pytest.mark.not_on("win32")
def test_a_busy_loop_that_is_ended_has_its_last_words(queue: Queue, working: Working) -> None:
    """On Windows it has them only if the worker has a console, to send CTRL_BREAK through."""
    with working(concurrency=1):
        job = shop.spin.enqueue().wait(WITHIN_S)

    assert output(queue, job) == "told to end\n"


def test_the_signal_that_ends_a_task_is_raised_in_it(queue: Queue, working: Working) -> None:
    """SIGTERM, and on Windows what CTRL_BREAK becomes; here the task sends it to itself."""
    with working(concurrency=1):
        job = shop.be_told_to_end.enqueue().wait(WITHIN_S)

    assert queue.store.reader.attempts(job.id)[-1].error == "exit code 1"
    assert output(queue, job) == "told to end\n"


def test_cancelling_ends_the_process_and_what_it_started(working: Working, tmp_path: Path) -> None:
    with working():
        job = shop.brood.enqueue(tmp_path)
        pids = pids_in(tmp_path)
        job.cancel()
        assert job.wait(WITHIN_S).state is JobState.CANCELLED
        eventually(lambda: not living(pids), within=WITHIN_S, what="their end")


def test_a_process_is_replaced_after_so_many_runs(working: Working) -> None:
    with working(concurrency=1, recycling=Recycling(runs=2)):
        pids = [shop.pid.enqueue().wait(WITHIN_S).result for _ in range(6)]

    assert [pids.count(each) for each in dict.fromkeys(pids)] == [2, 2, 2]


def test_a_process_that_grew_too_large_is_replaced(working: Working) -> None:
    with working(concurrency=1, recycling=Recycling(rss=1)):
        pids = [shop.pid.enqueue().wait(WITHIN_S).result for _ in range(3)]

    assert len(set(pids)) == 3


def test_a_process_that_grew_too_old_is_replaced(working: Working) -> None:
    with working(concurrency=1, recycling=Recycling(age_s=0.001)):
        pids = [shop.pid.enqueue().wait(WITHIN_S).result for _ in range(3)]

    assert len(set(pids)) == 3


def test_a_killed_worker_takes_its_task_processes_and_their_children_with_it(
    queue: Queue, tmp_path: Path
) -> None:
    assert queue.store
    job = shop.brood.options(max_retries=1).enqueue(tmp_path)
    worker = subprocess.Popen([sys.executable, "-m", "tests.library.serve_shop"], cwd=ROOT)
    pids = pids_in(tmp_path)

    worker.kill()
    worker.wait()

    eventually(lambda: not living(pids), within=20, what="the task's processes to be gone")
    assert job.refresh().state is JobState.RUNNING  # until its lease is over


def test_a_task_that_another_process_cannot_find_is_refused_at_the_start(queue: Queue) -> None:
    local = Queue(queue.store)

    @local.task
    def inner() -> None: ...

    with pytest.raises(InvalidTask, match="the task inner is made inside a function"):
        local.worker(executor="process").run(burst=True)


def test_a_program_that_does_not_import_in_a_process_stops_the_worker_with_its_error(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shop.add.function, "__module__", "tests.library.nowhere")

    with pytest.raises(PoolStartError, match=r"No module named 'tests\.library\.nowhere'"):
        queue.worker(executor="process").run(burst=True)


def block_days(logs: Path) -> None:
    """Put files where the folders of today's and tomorrow's logs are to be."""
    logs.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).date()
    for day in (today, today + timedelta(days=1)):
        (logs / day.isoformat()).touch()


def pids_in(folder: Path) -> list[int]:
    path = folder / "pids"
    eventually(lambda: path.exists() and path.read_text(), within=WITHIN_S, what="the brood")
    return [int(word) for word in path.read_text().split()]


def living(pids: list[int]) -> list[int]:
    return [pid for pid in pids if lives(pid)]


def lives(pid: int) -> bool:
    """Tell whether the process runs; one that nobody has waited for yet does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.not_on("win")
@pytest.mark.usefixtures("many_descriptors")
def test_a_program_with_thousands_of_descriptors_has_processes_too(working: Working) -> None:
    with working():
        assert shop.add.enqueue(1, 2).wait(WITHIN_S).result == 3


def test_what_is_no_exception_is_the_error_of_its_task_too(working: Working) -> None:
    with working(concurrency=1):
        jobs = [task.enqueue() for task in (shop.interrupt, shop.cancel_itself)]
        errors = [(last := job.wait(WITHIN_S).facts.last) and last.error for job in jobs]
        outputs = [output(shop.queue, job) for job in jobs]

    assert errors == ["KeyboardInterrupt", "CancelledError"]
    assert all("Traceback" in text for text in outputs)


@pytest.mark.not_on("win")
def test_a_child_that_a_task_forks_and_lets_return_ends_nobody_elses_run(
    working: Working,
) -> None:
    with working(concurrency=1):
        jobs = [task.enqueue() for task in (shop.fork_and_return, shop.pid, shop.pid, shop.pid)]

        assert len({job.wait(WITHIN_S).result for job in jobs}) == 1


def test_a_job_waits_for_a_process_that_loads_and_is_not_given_back(
    queue: Queue, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was claimed again at once, by this worker: an attempt and two writes each half second."""
    monkeypatch.setenv(shop.LOADS_S, "1.2")

    with working(concurrency=1, recycling=Recycling(runs=1)):
        jobs = [shop.pid.enqueue() for _ in range(3)]
        pids = {job.wait(WITHIN_S).result for job in jobs}

    attempts = [queue.store.reader.attempts(job.id) for job in jobs]
    assert len(pids) == 3
    # Whoever waits behind another one may be given back: somebody else could have a slot.
    assert [each.state for each in attempts[0]] == ["succeeded"]
    assert all(len(each) <= 2 for each in attempts), attempts
