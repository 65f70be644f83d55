"""What a task starts in its process and leaves ends with it, as what a command leaves does."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from queuectl_store import JobState
from tests.library import shop
from tests.library.test_processes import lives, living, output
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32", "darwin")
WITHIN_S = 60.0
Working = Callable[[], AbstractContextManager[None]]
STAY = "echo $$ >> {pids}; touch $THERE; exec sleep 600"
SHAPES = {
    "child": STAY,
    "deaf": "trap '' TERM; echo $$ >> {pids}; touch $THERE; while :; do sleep 1; done",
    "stopped": "echo $$ >> {pids}; touch $THERE; kill -STOP $$",
    "session": f"setsid sh -c '{STAY}' & wait",
    "daemon": f"(setsid sh -c '{STAY}' &)",
    "brood": "echo $$ >> {pids}; sleep 600 & echo $! >> {pids}; touch $THERE; wait",
    "orphan of the deaf": (
        "trap '' TERM; sh -c 'trap \"\" TERM; echo $$ >> {pids}; touch $THERE;"
        " while :; do sleep 1; done' & wait"
    ),
}


@pytest.fixture
def working(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Working]:
    """A worker with one task process, beside a block."""
    monkeypatch.setenv(shop.STORE, sqlite_url)
    monkeypatch.setattr(shop.queue, "_url", sqlite_url)

    @contextmanager
    def run() -> Iterator[None]:
        worker = shop.queue.worker(concurrency=1, executor="process", grace=5)
        thread = threading.Thread(target=worker.run)
        thread.start()
        try:
            yield
        finally:
            worker.stop()
            thread.join(WITHIN_S)
            assert not thread.is_alive(), "the worker did not end"

    yield run
    shop.queue.close()


def leave_running(script: str, pids: Path, *, keep: bool = False) -> int:
    """Let a task start *script* and end; return the pid of its process."""
    job = shop.leave_running.enqueue(script.format(pids=pids), keep=keep).wait(WITHIN_S)
    assert job.state is JobState.SUCCEEDED
    return int(job.result)


def read_pids(path: Path) -> list[int]:
    return [int(word) for word in path.read_text().split()]


@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_task_leaves_is_ended_and_its_process_runs_the_next_one(
    working: Working, tmp_path: Path, shape: str
) -> None:
    pids = tmp_path / "pids"
    with working():
        process = leave_running(SHAPES[shape], pids)
        left = read_pids(pids)
        next_job = shop.pid.enqueue()
        eventually(lambda: not living(left), within=WITHIN_S, what="their end")

        assert left
        assert next_job.wait(WITHIN_S).result == process


def test_what_a_task_says_it_keeps_outlives_it_and_the_leftovers_of_others(
    working: Working, tmp_path: Path
) -> None:
    kept, left = tmp_path / "kept", tmp_path / "left"
    with working():
        process = leave_running(STAY, kept, keep=True)
        leave_running(STAY, left)
        eventually(lambda: not living(read_pids(left)), within=WITHIN_S, what="its end")
        assert shop.pid.enqueue().wait(WITHIN_S).result == process

        assert living(read_pids(kept)) == read_pids(kept)

    assert not living(read_pids(kept)), "it outlived its worker"


def test_what_the_program_started_when_it_was_loaded_stays(
    working: Working, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helper, left = tmp_path / "helper", tmp_path / "left"
    monkeypatch.setenv(shop.HELPER, str(helper))
    with working():
        leave_running(STAY, left)
        eventually(lambda: not living(read_pids(left)), within=WITHIN_S, what="its end")

        assert lives(*read_pids(helper))


def test_the_resource_tracker_of_multiprocessing_stays(working: Working) -> None:
    """It cleans up after processes that were killed, and Python starts it once."""
    with working():
        process = shop.share_memory.enqueue().wait(WITHIN_S).result
        trackers = [each.pid for each in psutil.Process(process).children()]
        assert shop.pid.enqueue().wait(WITHIN_S).result == process

        assert len(trackers) == 1
        assert living(trackers) == trackers


def test_adopted_orphans_that_have_ended_are_not_kept_for_ever(working: Working) -> None:
    ends_by_itself = "(setsid true &); touch $THERE"
    with working():
        processes = {leave_running(ends_by_itself, Path("unused")) for _ in range(4)}
        for _ in range(2):
            shop.pid.enqueue().wait(WITHIN_S)

        assert [psutil.Process(each).children() for each in processes] == [[]]


def test_a_log_that_a_kept_process_still_writes_to_is_no_other_jobs(
    working: Working, tmp_path: Path
) -> None:
    """An empty file goes to the next run only where nobody else can have it open."""
    go_on = tmp_path / "go-on"
    talks_later = f"touch $THERE; while [ ! -e {go_on} ]; do sleep 0.02; done; echo late; {STAY}"
    with working():
        leave_running(talks_later, tmp_path / "pids", keep=True)
        job = shop.say_and_wait.enqueue("mine", tmp_path / "second")
        go_on.touch()
        eventually((tmp_path / "pids").exists, within=WITHIN_S, what="its late word")
        (tmp_path / "second").touch()
        job.wait(WITHIN_S)

    assert output(shop.queue, job) == "mine\nlast\n"
