"""Workers that die, freeze or lose their guardian: jobs run again, never twice at a time."""

import os
import resource
import signal
import threading
import uuid
from pathlib import Path

import pytest

from queuectl_store import JobState, Store
from queuectl_worker import ExitReason, JobStarted, News, WorkerJoined, WorkerPaused, WorkerStopping
from tests.waiting import eventually
from tests.worker.program import Program, carriers, program
from tests.worker.story import Diary, attempts, enqueue, job, reaches, running, shell

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
    eventually(lambda: len(carriers(mark)) >= 3, within=20, what="the job's tree")
    return job_id


class HangingDiary(Diary):
    """Holds up the loop that tells it of a start, until it is released."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()

    def __call__(self, news: News) -> None:
        super().__call__(news)
        if isinstance(news, JobStarted):
            self.released.wait()


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
        eventually(lambda: not carriers(mark), within=20, what="the end of the first run")
        with running(store, concurrency=1, settings={"lease": "3s"}):
            reaches(store, job_id, JobState.SUCCEEDED, within=20)
        frozen.signal(signal.SIGCONT)

        eventually(lambda: frozen.said.count("joined") == 2, within=20, what="the worker's return")
        (other,) = enqueue(store, shell("true"))
        reaches(store, other, JobState.SUCCEEDED)
        frozen.signal(signal.SIGTERM)
        assert frozen.ended(within=20) == 0
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
    # A run that had surely no slot yet when the guardian died is given back, not counted.
    states = [each.state for each in attempts(store, poison)]
    assert states.count("crashed") == 3
    assert set(states) <= {"crashed", "released"}


def test_worker_that_cannot_reach_the_lock_records_its_results_later(
    store: Store, tmp_path: Path
) -> None:
    import sqlite3

    assert store.path is not None
    (job_id,) = enqueue(store, shell(f"touch {tmp_path}/ran; sleep 0.3"))
    with running(store, concurrency=1):
        eventually((tmp_path / "ran").exists, within=20, what="the job's start")
        blocker = sqlite3.connect(store.path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        eventually(lambda: not carriers(str(tmp_path / "ran")), within=20, what="the command's end")
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


def test_worker_whose_loop_hangs_loses_its_jobs_to_one_whose_loop_turns(
    store: Store, tmp_path: Path, mark: str
) -> None:
    diary = HangingDiary()
    (job_id,) = enqueue(store, shell(awkward(tmp_path, mark), max_retries=3))
    with running(store, concurrency=1, settings={"lease": "3s"}, on_news=diary):
        eventually(lambda: diary.of(JobStarted), within=20, what="the start")
        try:
            with running(store, concurrency=1, settings={"lease": "3s"}):
                reaches(store, job_id, JobState.SUCCEEDED, within=20)
        finally:
            diary.released.set()
        eventually(lambda: len(diary.of(WorkerJoined)) == 2, within=20, what="its return")

    assert not carriers(mark)
    assert [each.state for each in attempts(store, job_id)] == ["crashed", "succeeded"]


def test_claim_whose_answer_was_lost_is_given_back(store: Store) -> None:
    (job_id,) = enqueue(store, shell("true", queue="other"))
    with running(store, concurrency=1, queues=("mine",), settings={"lease": "3s"}):
        (worker,) = store.reader.workers()
        store.claim(worker.id, limit=1, queues=("other",))

        found = reaches(store, job_id, JobState.PENDING, within=20)

    assert found.attempt == 0


def test_host_out_of_files_uses_no_attempt_and_the_worker_waits_until_it_is_over(
    store: Store,
) -> None:
    diary = Diary()
    with running(store, concurrency=1, on_news=diary):
        (guardian,) = guardians_of(os.getpid())
        before = resource.prlimit(guardian, resource.RLIMIT_NOFILE)
        resource.prlimit(guardian, resource.RLIMIT_NOFILE, (3, before[1]))
        (job_id,) = enqueue(store, shell("echo hi"))
        eventually(lambda: diary.of(WorkerPaused), within=20, what="the pause")
        reaches(store, job_id, JobState.PENDING)
        resource.prlimit(guardian, resource.RLIMIT_NOFILE, before)

        found = reaches(store, job_id, JobState.SUCCEEDED)

    assert found.attempt == 1
    assert {each.state for each in attempts(store, job_id)} == {"released", "succeeded"}


def test_store_that_is_taken_away_ends_the_worker_but_not_its_job(
    store: Store, tmp_path: Path
) -> None:
    assert store.path is not None
    diary, go, end = Diary(), tmp_path / "go", tmp_path / "end"
    enqueue(store, shell(f"while [ ! -e {go} ]; do sleep 0.05; done; touch {end}"))
    with running(store, concurrency=1, on_news=diary) as live:
        eventually(lambda: store.reader.workers()[0].running, within=20, what="the job's start")
        store.path.rename(tmp_path / "elsewhere.db")
        eventually(lambda: diary.of(WorkerStopping), within=20, what="the worker's notice")
        go.touch()

        assert live.ended(within=20) == ExitReason.DAMAGED
    assert end.exists()
