"""Task processes take their next claim by themselves; whatever dies, none is lost or run twice."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from queuectl_store import Attempt, JobState, Reader, RefusedInState
from queuectl_worker import Queue, QueuedJob
from queuectl_worker.executors.pool.link import PROGRAM
from queuectl_worker.queueworker import QueueWorker
from scripts.bootstrap import ROOT
from tests.library import frail
from tests.library.test_processes import living
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32")
WITHIN_S = 120.0
KILLED = "killed by SIGKILL (9)"
MANY = 100
AWKWARD = {"before ended", "said ended", "before take", "taken", "before began", "said began"}
WORKER = """
from tests.library.frail import queue

queue.worker(concurrency=2, executor="process", settings={"lease": "3s"}).run()
"""


@pytest.fixture
def queue(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """The queue of the frail program, on a store of this test's own."""
    monkeypatch.setenv(frail.STORE, sqlite_url)
    monkeypatch.setattr(frail.queue, "_url", sqlite_url)
    yield frail.queue
    frail.queue.close()


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book"
    path.touch()
    return path


@contextmanager
def working(queue: Queue, *, slots: int) -> Iterator[QueueWorker]:
    worker = queue.worker(concurrency=slots, executor="process", grace=60)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(WITHIN_S)
        assert not thread.is_alive(), "the worker did not end"


def feed(book: Path) -> list[QueuedJob]:
    return frail.sign.enqueue_many({"book": book} for _ in range(MANY))


def have_ended(reader: Reader, jobs: list[QueuedJob]) -> bool:
    return reader.counts().get("default", {}).get(JobState.SUCCEEDED, 0) == len(jobs)


def runs_in(book: Path) -> list[str]:
    return book.read_text().splitlines()


def quicken(queue: Queue, book: Path) -> None:
    """Let the worker see that tasks are short, so that it claims ahead."""
    jobs = feed(book)
    eventually(lambda: have_ended(queue.store.reader, jobs), within=WITHIN_S, what="a quick pace")


def attempts_of(queue: Queue, job: QueuedJob) -> list[Attempt]:
    """Return those that count."""
    return [each for each in queue.store.reader.attempts(job.id) if each.state != "released"]


def task_processes(root: psutil.Process) -> list[psutil.Process]:
    """Return those below *root*, which may end meanwhile."""
    found = []
    for each in root.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # a zombie too
            found += [each] if PROGRAM in each.cmdline() else []
    return found


def nothing_ran_twice(book: Path) -> bool:
    return max(Counter(runs_in(book)).values()) == 1


def test_a_process_killed_at_any_step_costs_no_run_but_the_one_it_had(
    queue: Queue, book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths_in = tmp_path / "deaths"
    deaths_in.mkdir()
    monkeypatch.setenv(frail.DEATHS, str(deaths_in))
    jobs: list[QueuedJob] = []

    def are_all_dead() -> bool:
        nonlocal jobs
        pending = queue.store.reader.counts().get("default", {}).get(JobState.PENDING, 0)
        if pending < MANY:
            jobs += feed(book)
        names = {name for name, _ in deaths(deaths_in)}
        return len(deaths(deaths_in)) >= frail.POINTS and names >= AWKWARD

    with working(queue, slots=3):
        eventually(are_all_dead, within=WITHIN_S, what="a death at each of the points")
        eventually(lambda: have_ended(queue.store.reader, jobs), within=WITHIN_S, what="their end")

    had = {run for _, run in deaths(deaths_in) if run not in ("", frail.PERHAPS)}
    perhaps = sum(run == frail.PERHAPS for _, run in deaths(deaths_in))
    failed = failures(queue, jobs)
    assert set(failed.values()) <= {KILLED}
    assert had <= failed.keys()
    assert len(failed) - len(had) <= perhaps
    assert nothing_ran_twice(book)


def deaths(folder: Path) -> list[tuple[str, str]]:
    """Return where processes died, and the run that each had."""
    texts = [path.read_text() for path in folder.glob("*.told")]
    return [(name, run) for name, _, run in (text.partition(";") for text in texts)]


def failures(queue: Queue, jobs: list[QueuedJob]) -> dict[str, str]:
    """Return the error of each failed attempt by job and token; each job has one that succeeded."""
    found: dict[str, str] = {}
    for job in jobs:
        ran = attempts_of(queue, job)
        assert [each.number for each in ran] == list(range(1, len(ran) + 1))
        assert [each.state for each in ran] == ["failed"] * (len(ran) - 1) + ["succeeded"]
        found |= {f"{job.id} {each.token}": each.error or "" for each in ran[:-1]}
    return found


def test_a_run_that_is_killed_as_it_ends_takes_none_with_it(queue: Queue, book: Path) -> None:
    """Its process may have taken another one by the time at which the limit is noticed."""
    with working(queue, slots=2):
        quicken(queue, book)
        others = feed(book)
        at_the_limit = [frail.finish_at_the_limit.enqueue(book) for _ in range(20)]
        others += feed(book)
        for job in [*at_the_limit, *others]:
            job.wait(WITHIN_S)

    errors = {attempt.error for job in at_the_limit for attempt in attempts_of(queue, job)}
    assert errors <= {None, "timed out after 0.05s"}
    assert [[each.state for each in attempts_of(queue, job)] for job in others] == [
        ["succeeded"]
    ] * len(others)
    assert nothing_ran_twice(book)


def test_a_job_that_is_cancelled_where_processes_take_from_never_runs(
    queue: Queue, book: Path, tmp_path: Path
) -> None:
    with working(queue, slots=1):
        quicken(queue, book)
        ran = len(runs_in(book))
        long = frail.hold.enqueue(tmp_path / "go-on")
        short = [frail.sign.enqueue(book) for _ in range(3)]
        eventually(
            lambda: short[0].refresh().state is JobState.RUNNING,
            within=WITHIN_S,
            what="a job that is claimed behind the long one",
        )
        short[1].cancel()
        assert short[1].wait(WITHIN_S).state is JobState.CANCELLED
        long.cancel()
        assert [job.wait(WITHIN_S).state for job in (long, short[0], short[2])] == [
            JobState.CANCELLED,
            JobState.SUCCEEDED,
            JobState.SUCCEEDED,
        ]

    assert len(runs_in(book)) == ran + 2
    assert [len(attempts_of(queue, job)) for job in (short[0], short[2])] == [1, 1]


def test_cancelling_among_short_runs_hits_those_that_were_meant(queue: Queue, book: Path) -> None:
    with working(queue, slots=2):
        quicken(queue, book)
        jobs = feed(book)
        for job in jobs[::7]:
            with suppress(RefusedInState):
                job.cancel()
        ends = [job.wait(WITHIN_S).state for job in jobs]

    spared = [state for n, state in enumerate(ends) if n % 7]
    assert set(spared) == {JobState.SUCCEEDED}
    assert set(ends) <= {JobState.SUCCEEDED, JobState.CANCELLED}
    assert all(len(attempts_of(queue, job)) <= 1 for job in jobs)
    assert nothing_ran_twice(book)


def test_a_worker_that_drains_gives_back_what_no_process_has_taken(
    queue: Queue, book: Path, tmp_path: Path
) -> None:
    with working(queue, slots=1) as worker:
        quicken(queue, book)
        ran = len(runs_in(book))
        long = frail.hold.enqueue(tmp_path / "go-on")
        short = [frail.sign.enqueue(book) for _ in range(3)]
        eventually(
            lambda: short[0].refresh().state is JobState.RUNNING,
            within=WITHIN_S,
            what="a job that is claimed behind the long one",
        )
        worker.stop()
        eventually(
            lambda: {job.refresh().state for job in short} == {JobState.PENDING},
            within=WITHIN_S,
            what="their return",
        )
        (tmp_path / "go-on").touch()

    assert long.refresh().state is JobState.SUCCEEDED
    assert [job.facts.attempt for job in short] == [0, 0, 0]
    assert len(runs_in(book)) == ran


def test_a_killed_guardian_costs_the_runs_that_its_processes_had(queue: Queue, book: Path) -> None:
    with working(queue, slots=2):
        quicken(queue, book)
        jobs = [job for _ in range(10) for job in feed(book)]
        (guardian,) = {each.ppid() for each in task_processes(psutil.Process())}
        os.kill(guardian, signal.SIGKILL)
        for job in jobs:
            job.wait(WITHIN_S)

    ends = [[each.state for each in attempts_of(queue, job)] for job in jobs]
    assert {states[-1] for states in ends} == {"succeeded"}
    assert sum(len(states) - 1 for states in ends) <= 2
    assert nothing_ran_twice(book)


def test_what_a_killed_worker_had_laid_out_is_run_by_the_next_one(queue: Queue, book: Path) -> None:
    jobs = [job for _ in range(10) for job in feed(book)]
    worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT)
    eventually(lambda: len(runs_in(book)) > MANY, within=WITHIN_S, what="a worker at work")
    processes = [each.pid for each in task_processes(psutil.Process(worker.pid))]
    worker.kill()
    worker.wait()
    eventually(lambda: not living(processes), within=WITHIN_S, what="the end of its processes")
    ran = runs_in(book)

    with working(queue, slots=2):
        for job in jobs:
            job.wait(WITHIN_S)

    assert processes
    assert len(ran) < len(jobs)
    for job in jobs:
        attempts = attempts_of(queue, job)
        assert [each.number for each in attempts] == list(range(1, len(attempts) + 1))
        assert [each.state for each in attempts][-1] == "succeeded"
        assert len(attempts) <= 2
    assert nothing_ran_twice(book)
