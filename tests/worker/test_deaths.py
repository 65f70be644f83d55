"""Workers that die, freeze or lose their guardian: jobs run again, never twice at a time."""

import os
import signal
import uuid
from pathlib import Path

import pytest

from queuectl_store import JobState, Store
from tests.waiting import eventually
from tests.worker.program import Program, carriers, program
from tests.worker.story import attempts, enqueue, job, reaches, running, shell

pytestmark = pytest.mark.not_on("win", "darwin")

SHORT_LEASE = "--set=lease=3s"


def awkward(tmp_path: Path, mark: str) -> str:
    """Return a script whose first run leaves a tree that does not want to die; its second ends."""
    stubborn = f"trap '' TERM HUP INT; sleep 100 # {mark}"
    return (
        f"if [ -e {tmp_path}/ran ]; then exit 0; fi; touch {tmp_path}/ran;"
        f' setsid sh -c "{stubborn}; sleep 100" & nohup sh -c "{stubborn}; sleep 100" &'
        f" sleep 100 # {mark}\nsleep 100"
    )


def start_one(store: Store, tmp_path: Path, mark: str, worker: Program) -> int:
    """Let *worker* run one awkward job; return the job's id once its tree stands."""
    (job_id,) = enqueue(store, shell(awkward(tmp_path, mark), max_retries=3))
    worker.says(f"started {job_id}")
    eventually(lambda: len(carriers(mark)) >= 3, within=10, what="the job's tree")
    return job_id


@pytest.fixture
def mark() -> str:
    return uuid.uuid4().hex


def test_killed_workers_trees_die_with_it_and_another_worker_runs_the_job_again(
    store: Store, tmp_path: Path, mark: str
) -> None:
    with program(store, tmp_path / "out", SHORT_LEASE) as worker:
        job_id = start_one(store, tmp_path, mark, worker)

        worker.signal(signal.SIGKILL)

        eventually(lambda: not carriers(mark), within=3, what="the end of the job's tree")
    with running(store, concurrency=1, settings={"lease": "3s"}):
        reaches(store, job_id, JobState.SUCCEEDED, within=20)
    assert [each.state for each in attempts(store, job_id)] == ["crashed", "succeeded"]
    assert job(store, job_id).attempt == 2


def test_frozen_worker_loses_its_job_to_another_and_its_late_result_is_refused(
    store: Store, tmp_path: Path, mark: str
) -> None:
    with program(store, tmp_path / "out", SHORT_LEASE) as frozen:
        job_id = start_one(store, tmp_path, mark, frozen)
        frozen.signal(signal.SIGSTOP)
        # The guardian is not frozen: it kills at the fence, before anybody may start the job again.
        eventually(lambda: not carriers(mark), within=4, what="the end of the first run")
        with running(store, concurrency=1, settings={"lease": "3s"}):
            reaches(store, job_id, JobState.SUCCEEDED, within=20)
        frozen.signal(signal.SIGCONT)

        eventually(lambda: frozen.said.count("joined") == 2, within=10, what="the worker's return")
        (other,) = enqueue(store, shell("true"))
        reaches(store, other, JobState.SUCCEEDED)
        frozen.signal(signal.SIGTERM)
        assert frozen.ended(within=10) == 0
    assert [each.state for each in attempts(store, job_id)] == ["crashed", "succeeded"]


def test_dead_guardian_costs_an_attempt_and_a_crash_and_the_worker_goes_on(
    store: Store, tmp_path: Path, mark: str
) -> None:
    with program(store, tmp_path / "out", "--concurrency=1") as worker:
        job_id = start_one(store, tmp_path, mark, worker)
        (guardian,) = guardians_of(worker.child.pid)

        os.kill(guardian, signal.SIGKILL)

        reaches(store, job_id, JobState.SUCCEEDED, within=20)
        assert worker.child.poll() is None
    first, second = attempts(store, job_id)
    assert (first.state, first.error) == ("crashed", "the process guardian died")
    assert second.state == "succeeded"
    assert not carriers(mark)


def test_job_that_kills_its_guardian_each_time_is_dead_after_three(
    store: Store, tmp_path: Path
) -> None:
    poison, *others = enqueue(
        store,
        shell("kill -9 $PPID; sleep 60", max_retries=100),
        *[shell("true", max_retries=3) for _ in range(5)],
    )
    with program(store, tmp_path / "out", "--concurrency=1"):
        found = reaches(store, poison, JobState.DEAD, within=30)
        for job_id in others:
            reaches(store, job_id, JobState.SUCCEEDED)

    assert found.note == "crashed worker"
    # One more may have been given back: a run whose start was not told yet counts as not begun.
    ended = [attempt.state for attempt in attempts(store, poison)]
    assert ended.count("crashed") == 3
    assert set(ended) <= {"crashed", "released"}


def test_worker_that_cannot_reach_the_lock_records_its_results_later(
    store: Store, tmp_path: Path
) -> None:
    import sqlite3

    assert store.path is not None
    (job_id,) = enqueue(store, shell(f"touch {tmp_path}/ran; sleep 0.3"))
    with running(store, concurrency=1):
        eventually((tmp_path / "ran").exists, within=10, what="the job's start")
        blocker = sqlite3.connect(store.path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        eventually(lambda: not carriers(str(tmp_path / "ran")), within=10, what="the command's end")
        assert job(store, job_id).state is JobState.RUNNING
        blocker.execute("ROLLBACK")
        blocker.close()

        reaches(store, job_id, JobState.SUCCEEDED)
    assert [each.state for each in attempts(store, job_id)] == ["succeeded"]


def guardians_of(worker: int) -> list[int]:
    """Find the process that owns the trees: the worker's descendant that runs the guardian."""
    return [
        pid
        for pid in carriers("guardian/main.py")
        if worker in ancestors(pid) and not children_run_guardian(pid)
    ]


def children_run_guardian(pid: int) -> bool:
    return any(pid in ancestors(each)[:1] for each in carriers("guardian/main.py"))


def ancestors(pid: int) -> list[int]:
    found = []
    while pid > 1:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return found
        pid = int(stat.rpartition(")")[2].split()[1])
        found.append(pid)
    return found
