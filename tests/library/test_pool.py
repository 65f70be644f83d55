"""A pool of task processes, turned by hand: what its worker has not heard does not mislead it."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from queuectl_store import Claim
from queuectl_store.descriptors import readable
from queuectl_worker import LogFolder, Queue, Recycling, log_root
from queuectl_worker.executors import (
    Completed,
    ProcessExecutor,
    RunEnded,
    RunKey,
    RunRecalled,
    Stopped,
    key_of,
)
from queuectl_worker.executors.pool.doors import FolderDoor
from queuectl_worker.executors.pool.places import places_of
from queuectl_worker.guardian import Guardian
from queuectl_worker.retry import Signalled
from tests.library import frail
from tests.library.test_processes import lives
from tests.library.test_taking import runs_in
from tests.waiting import eventually
from tests.worker.story import paper_worker

pytestmark = pytest.mark.not_on("win32")
WITHIN_S = 60.0
GRACE_MS = 5_000


class Pool:
    """An executor and what it has reported."""

    def __init__(self, executor: ProcessExecutor) -> None:
        self.executor = executor
        self.ends: dict[RunKey, object] = {}

    def turn(self, timeout_s: float = 0.05) -> None:
        """Hear what there is to hear, once."""
        readable(self.executor.filenos(), timeout_s)
        for report in self.executor.receive():
            if isinstance(report, RunEnded):
                assert report.key not in self.ends
                self.ends[report.key] = report.ending
            elif isinstance(report, RunRecalled):
                self.ends[report.key] = report

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Turn until *condition* is true."""

        def holds() -> object:
            self.turn()
            return condition()

        eventually(holds, within=WITHIN_S, what=what)

    def end_of(self, claim: Claim) -> object:
        """Return how the run of *claim* ended."""
        self.until(lambda: key_of(claim) in self.ends, what=f"the end of job {claim.job.id}")
        return self.ends[key_of(claim)]


OpenPool = Callable[[int], Pool]


@pytest.fixture
def queue(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    monkeypatch.setattr(frail.queue, "_url", sqlite_url)
    yield frail.queue
    frail.queue.close()


@pytest.fixture
def pause(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Let the first process that comes to a point wait there; give the folder of its signs."""

    def set_up(point: str) -> Path:
        folder = tmp_path / "pause"
        folder.mkdir()
        monkeypatch.setenv(frail.PAUSES, f"{point};{folder}")
        return folder

    return set_up


@pytest.fixture
def open_pool(queue: Queue) -> Iterator[OpenPool]:
    opened: list[ProcessExecutor] = []

    def start(slots: int) -> Pool:
        logs = LogFolder(log_root(queue.store))
        executor = ProcessExecutor(
            places_of(queue.tasks),
            Guardian(slots=slots, spool=logs.spool),
            slots=slots,
            door=FolderDoor(),
            helps_itself=True,
            logs=logs,
            log_cap=1 << 20,
            tell=lambda *_: True,
            kill_grace_ms=lambda: GRACE_MS,
            recycling=Recycling(),
        )
        opened.append(executor)
        executor.start()
        return Pool(executor)

    yield start
    for each in opened:
        each.close()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book"
    path.touch()
    return path


def claim_held(queue: Queue, book: Path, *names: str) -> list[Claim]:
    """Claim runs that write into *book* when they begin, and last until their name is touched."""
    frail.hold.enqueue_many({"go_on": book.parent / name, "book": book} for name in names)
    worker = queue.store.register(paper_worker())
    return queue.store.claim(worker, limit=len(names))


def let_go(book: Path, *names: str) -> None:
    for name in names:
        (book.parent / name).touch()


def have_begun(book: Path, *claims: Claim) -> bool:
    return {f"{each.job.id} {each.token}" for each in claims} <= set(runs_in(book))


def wait_for(book: Path, *claims: Claim) -> None:
    """Wait until they have begun, and hear of nothing meanwhile."""
    eventually(lambda: have_begun(book, *claims), within=WITHIN_S, what="their beginning")


def wait_at(pause: Path) -> int:
    """Wait until a process is at its point; return its pid."""
    there = pause / "there"
    eventually(lambda: there.exists() and there.read_text(), within=WITHIN_S, what="the pause")
    return int(there.read_text())


def test_a_long_result_is_read_while_it_is_sent(queue: Queue, open_pool: OpenPool) -> None:
    """A turn comes by what there is to read alone; the link of a process is else not looked at."""
    size = 1_000_000
    frail.tell_at_length.enqueue_many({"size": size} for _ in range(3))
    worker = queue.store.register(paper_worker())
    claims = queue.store.claim(worker, limit=3)
    pool = open_pool(1)
    pool.executor.submit(claims)

    while len(pool.ends) < len(claims):
        assert readable(pool.executor.filenos(), WITHIN_S), "there is nothing to hear"
        pool.turn()

    assert list(pool.ends.values()) == [Completed(result=f'"{"x" * size}"')] * 3


def test_a_run_that_ended_unheard_is_not_ended_in_the_person_of_the_next(
    queue: Queue, open_pool: OpenPool, book: Path
) -> None:
    first, second = claim_held(queue, book, "first", "second")
    pool = open_pool(1)
    pool.executor.submit([first, second])
    let_go(book, "first")
    wait_for(book, second)

    pool.executor.stop(key_of(first), grace_ms=GRACE_MS)
    let_go(book, "second")

    assert pool.end_of(first) == Completed()
    assert pool.end_of(second) == Completed()


def test_a_process_that_is_to_end_takes_nothing_more_before_it_is_told_to(
    queue: Queue, open_pool: OpenPool, pause: Callable[[str], Path], book: Path
) -> None:
    """Its guardian may be slow: what it took meanwhile would be killed with it."""
    signs = pause("before ended")
    first, other, second = claim_held(queue, book, "first", "other", "second")
    pool = open_pool(2)
    pool.executor.submit([first, other])
    pool.until(lambda: have_begun(book, first, other), what="two that run")
    pool.executor.submit([second])
    let_go(book, "first")
    process = wait_at(signs)
    guardian = psutil.Process(psutil.Process(process).ppid())
    guardian.suspend()
    try:
        pool.executor.stop(key_of(first), grace_ms=GRACE_MS)
        (signs / "go-on").touch()
        eventually(
            lambda: have_begun(book, second) or not lives(process),
            within=WITHIN_S,
            what="what it does next",
        )
    finally:
        guardian.resume()
    let_go(book, "other", "second")

    assert [pool.end_of(each) for each in (first, other, second)] == [
        Stopped(),
        Completed(),
        Completed(),
    ]
    assert len(runs_in(book)) == 3


@pytest.mark.parametrize("verb", ["stop", "stop_all"])
def test_a_run_that_is_to_end_before_it_is_heard_of_is_ended_then(
    queue: Queue, open_pool: OpenPool, pause: Callable[[str], Path], book: Path, verb: str
) -> None:
    signs = pause("taken")
    first, second = claim_held(queue, book, "first", "second")
    pool = open_pool(1)
    pool.executor.submit([first, second])
    let_go(book, "first")
    wait_at(signs)
    assert pool.end_of(first) == Completed()

    if verb == "stop":
        pool.executor.stop(key_of(second), grace_ms=GRACE_MS)
    else:
        pool.executor.stop_all(grace_ms=GRACE_MS)
    (signs / "go-on").touch()

    assert pool.end_of(second) == Stopped()


def test_what_a_process_has_taken_is_not_recalled(
    queue: Queue, open_pool: OpenPool, pause: Callable[[str], Path], book: Path
) -> None:
    signs = pause("taken")
    first, second, third = claim_held(queue, book, "first", "second", "third")
    pool = open_pool(1)
    pool.executor.submit([first, second, third])
    let_go(book, "first")
    wait_at(signs)

    pool.executor.recall([key_of(second), key_of(third)])
    (signs / "go-on").touch()
    let_go(book, "second")

    assert pool.end_of(second) == Completed()
    assert pool.end_of(third) == RunRecalled(key_of(third))
    assert not have_begun(book, third)


def test_what_one_process_has_taken_is_not_run_again_because_another_died(
    queue: Queue, open_pool: OpenPool, pause: Callable[[str], Path], book: Path
) -> None:
    signs = pause("taken")
    first, other, second, third = claim_held(queue, book, "first", "other", "second", "third")
    pool = open_pool(2)
    pool.executor.submit([first, other])
    pool.until(lambda: have_begun(book, first, other), what="two that run")
    pool.executor.submit([second])
    let_go(book, "first", "third")
    paused = wait_at(signs)
    for sibling in psutil.Process(psutil.Process(paused).ppid()).children():
        if sibling.pid != paused:
            os.kill(sibling.pid, signal.SIGKILL)
    assert pool.end_of(other) == Signalled(signal=signal.SIGKILL)

    pool.executor.submit([third])
    assert pool.end_of(third) == Completed()
    (signs / "go-on").touch()
    let_go(book, "second")

    assert pool.end_of(second) == Completed()
    assert len(runs_in(book)) == 4
