"""The ways to the end: signals, a request through the store, and a job that does not hurry."""

import signal
from pathlib import Path

import pytest

from queuectl_store import JobState, Store
from queuectl_worker import ExitReason, Worker, WorkerQuiet, supervise
from tests.waiting import eventually
from tests.worker.program import program
from tests.worker.story import Diary, attempts, enqueue, job, reaches, running, shell

pytestmark = pytest.mark.not_on("win")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_idle_worker_ends_drained_on_the_first_signal(
    store: Store, tmp_path: Path, number: int
) -> None:
    with program(store, tmp_path / "out") as worker:
        worker.signal(number)

        assert worker.ended(within=20) == ExitReason.DRAINED
    assert [each.state for each in store.reader.workers(all=True)] == ["stopped"]
    assert "Traceback" not in worker.said


def test_a_signal_in_the_moment_before_the_worker_joins_is_not_lost(store: Store) -> None:
    """Whoever heeded signals before may stop to do so then, and not sooner."""
    before = signal.getsignal(signal.SIGTERM)
    (waiting,) = enqueue(store, shell("true"))

    ended = supervise(Worker(store), on_heeding=lambda: signal.raise_signal(signal.SIGTERM))

    assert ended == ExitReason.DRAINED
    assert job(store, waiting).state is JobState.PENDING
    assert signal.getsignal(signal.SIGTERM) is before


def test_running_job_may_finish_after_the_first_signal(store: Store, tmp_path: Path) -> None:
    (first,) = enqueue(store, shell(f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"))
    with program(store, tmp_path / "out", "--concurrency=1") as worker:
        worker.says(f"started {first}")
        (second,) = enqueue(store, shell("true"))
        worker.signal(signal.SIGTERM)
        worker.says("WorkerStopping")
        (tmp_path / "go").touch()

        assert worker.ended(within=20) == ExitReason.DRAINED

    assert job(store, first).state is JobState.SUCCEEDED
    assert job(store, second).state is JobState.PENDING


@pytest.mark.parametrize("is_quiet", [False, True])
def test_draining_worker_shows_as_stopping_to_those_who_look(
    store: Store, tmp_path: Path, *, is_quiet: bool
) -> None:
    """A signal is known to its host alone; what waits must not seem to have a worker."""
    (held,) = enqueue(store, shell(f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"))
    with program(store, tmp_path / "out", "--concurrency=1") as worker:
        worker.says(f"started {held}")
        if is_quiet:
            store.admin.quiet_workers()
            worker.says("WorkerQuiet")
        (waiting,) = enqueue(store, shell("true"))
        worker.signal(signal.SIGTERM)

        eventually(
            lambda: [each.state for each in store.reader.workers()] == ["stopping"],
            within=20,
            what="the worker to show that it drains",
        )
        assert "is quiet or stopping" in store.reader.why(waiting).detail
        (tmp_path / "go").touch()
        assert worker.ended(within=20) == ExitReason.DRAINED

    assert [each.state for each in store.reader.workers(all=True)] == ["stopped"]


def test_job_that_outlives_the_grace_is_given_back_and_uses_no_attempt(
    store: Store, tmp_path: Path
) -> None:
    (job_id,) = enqueue(store, shell("sleep 60"))
    with program(store, tmp_path / "out", "--set=grace=300ms") as worker:
        worker.says(f"started {job_id}")
        worker.signal(signal.SIGTERM)

        assert worker.ended(within=20) == ExitReason.GAVE_BACK

    assert job(store, job_id).state is JobState.PENDING
    assert job(store, job_id).attempt == 0
    assert [each.state for each in attempts(store, job_id)] == ["released"]


def test_second_signal_ends_the_jobs_at_once(store: Store, tmp_path: Path) -> None:
    (job_id,) = enqueue(store, shell("sleep 60"))
    with program(store, tmp_path / "out") as worker:
        worker.says(f"started {job_id}")
        worker.signal(signal.SIGINT)
        worker.says("WorkerStopping")
        worker.signal(signal.SIGINT)

        assert worker.ended(within=20) == ExitReason.GAVE_BACK

    assert job(store, job_id).state is JobState.PENDING
    assert "Traceback" not in worker.said


def test_third_signal_ends_the_worker_whatever_its_jobs_do(store: Store, tmp_path: Path) -> None:
    (job_id,) = enqueue(store, shell("trap '' TERM; while :; do sleep 0.1; done"))
    with program(store, tmp_path / "out", "--set=kill_grace=5m") as worker:
        worker.says(f"started {job_id}")
        worker.signal(signal.SIGTERM)
        worker.says("WorkerStopping")
        worker.signal(signal.SIGTERM)
        eventually(
            lambda: worker.said.count("WorkerStopping") == 2, within=20, what="the second stop"
        )
        worker.signal(signal.SIGTERM)

        assert worker.ended(within=20) == ExitReason.GAVE_BACK


def test_jobs_that_had_no_slot_yet_are_given_back_at_the_first_signal(
    store: Store, tmp_path: Path
) -> None:
    enqueue(store, *[shell("true") for _ in range(100)])
    with program(store, tmp_path / "out", "--concurrency=1") as worker:
        eventually(lambda: not store.work_left(), within=20, what="a quick pace")
        ids = enqueue(
            store,
            shell(f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"),
            *[shell("true") for _ in range(5)],
        )
        worker.says(f"started {ids[0]}")
        worker.signal(signal.SIGTERM)
        for job_id in ids[1:]:
            reaches(store, job_id, JobState.PENDING, within=20)
        (tmp_path / "go").touch()

        assert worker.ended(within=20) == ExitReason.DRAINED

    assert all(job(store, job_id).attempt == 0 for job_id in ids[1:])


@pytest.mark.parametrize(
    ("now", "reason"), [(False, ExitReason.DRAINED), (True, ExitReason.GAVE_BACK)]
)
def test_worker_can_be_stopped_through_the_store(
    store: Store, *, now: bool, reason: ExitReason
) -> None:
    (job_id,) = enqueue(store, shell("sleep 1"))
    with running(store, concurrency=1) as live:
        reaches(store, job_id, JobState.RUNNING)

        assert store.admin.stop_workers(None, now=now)

        assert live.ended(within=20) == reason


def test_a_quiet_worker_lets_its_jobs_end_and_lives_until_it_is_stopped(
    store: Store, tmp_path: Path
) -> None:
    (first,) = enqueue(store, shell(f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done"))
    diary = Diary()
    with running(store, concurrency=2, on_news=diary) as live:
        reaches(store, first, JobState.RUNNING)
        store.admin.quiet_workers()
        eventually(lambda: diary.of(WorkerQuiet), within=20, what="word of it")
        (second,) = enqueue(store, shell("true"))
        (tmp_path / "go").touch()

        reaches(store, first, JobState.SUCCEEDED)
        assert job(store, second).state is JobState.PENDING
        assert [each.state for each in store.reader.workers()] == ["quiet"]
        store.admin.stop_workers()

        assert live.ended(within=20) == ExitReason.DRAINED
    assert len(diary.of(WorkerQuiet)) == 1


def test_stop_that_was_asked_for_before_the_run_is_not_forgotten(store: Store) -> None:
    from queuectl_worker import Worker

    (job_id,) = enqueue(store, shell("true"))
    worker = Worker(store, concurrency=1)
    worker.request_stop()

    assert worker.run() is ExitReason.DRAINED

    assert job(store, job_id).state is JobState.PENDING


def test_many_signals_at_random_moments_leave_no_job_running(store: Store, tmp_path: Path) -> None:
    ids = enqueue(store, *[shell("sleep 0.02", max_retries=3) for _ in range(60)])
    for n in range(5):
        with program(store, tmp_path / f"out{n}", "--set=grace=0s", "--set=kill_grace=0s") as one:
            one.says("started")
            one.signal(signal.SIGTERM)
            assert one.ended(within=20) in set(ExitReason)
            assert "Traceback" not in one.said

    assert {job(store, job_id).state for job_id in ids} <= {JobState.PENDING, JobState.SUCCEEDED}
    for job_id in ids:
        assert job(store, job_id).attempt == (job(store, job_id).state is JobState.SUCCEEDED)
