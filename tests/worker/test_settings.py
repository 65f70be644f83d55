"""Settings that are changed in the store reach a worker process that runs, within a second."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from queuectl_store import Job, JobState, NewJob, Shell, Store
from tests.waiting import eventually
from tests.worker.program import Program, program
from tests.worker.story import attempts, enqueue, job, reaches

# A second for the setting, and the rest for a job that shows it, on a host that is busy.
WITHIN_S = 6.0
ENDED = {JobState.SUCCEEDED, JobState.DEAD, JobState.RETRYING, JobState.CANCELLED}

pytestmark = pytest.mark.not_on("win32")


@pytest.fixture
def worker(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Program]:
    monkeypatch.setenv("PASSED_ON", "yes")
    with program(store, tmp_path / "out") as live:
        yield live


def delay_ms(store: Store, ended: Job) -> int | None:
    """How long the store makes a failed job wait."""
    if ended.state is not JobState.RETRYING or ended.run_at is None:
        return None
    return ended.run_at - attempts(store, ended.id)[-1].finished_at


def is_dead(store: Store, ended: Job) -> bool:
    return ended.state is JobState.DEAD


def is_retried(store: Store, ended: Job) -> bool:
    return ended.state is JobState.RETRYING


Shows = Callable[[Store, Job], bool]
# Setting, its new value, a job, and what shows that the worker goes by the value.
CASES: list[tuple[str, str, str, Shows]] = [
    ("exit_dead", "7", "exit 7", is_dead),
    ("exit_retry", "100", "exit 100", is_retried),
    ("backoff_base", "50", "exit 1", lambda store, ended: (delay_ms(store, ended) or 0) > 40_000),
    ("backoff_max", "0", "exit 1", lambda store, ended: ended.attempt > 1),
    ("backoff_jitter", "0", "exit 1", lambda store, ended: delay_ms(store, ended) == 2_000),
    ("env_pass", "PATH PASSED_*", 'test "$PASSED_ON" = yes', lambda _, ended: succeeded(ended)),
    ("crash_limit", "1", "kill -9 $PPID", lambda _, ended: ended.note == "crashed worker"),
]


def succeeded(ended: Job) -> bool:
    return ended.state is JobState.SUCCEEDED


def shown_by(
    store: Store, script: str, shows: Shows, *, queue: str = "default"
) -> Callable[[], bool]:
    """Return what runs the job once more and tells whether it shows the setting."""

    def look() -> bool:
        new = NewJob(work=Shell(script=script), max_retries=5, timeout_ms=0, queue=queue)
        (job_id,) = enqueue(store, new)
        eventually(lambda: job(store, job_id).state in ENDED, within=20, what=f"{script!r} to end")
        return shows(store, job(store, job_id))

    return look


@pytest.mark.parametrize(
    ("name", "value", "script", "shows"), CASES, ids=lambda each: str(each)[:20]
)
def test_a_changed_setting_reaches_a_running_worker(
    store: Store, worker: Program, name: str, value: str, script: str, shows: Shows
) -> None:
    look = shown_by(store, script, shows)
    assert not look()

    store.settings.set(name, value)

    eventually(look, within=WITHIN_S, what=f"{name} = {value}")


def test_a_changed_setting_of_a_queue_reaches_its_jobs_alone(store: Store, worker: Program) -> None:
    mail, other = (shown_by(store, "exit 7", is_dead, queue=each) for each in ("mail", "other"))
    assert not mail()

    store.settings.set_for_queue("mail", "exit_dead", "7")

    eventually(mail, within=WITHIN_S, what="exit_dead = 7 of mail")
    assert not other()


def test_a_changed_kill_grace_reaches_a_running_worker(store: Store, worker: Program) -> None:
    store.settings.set("kill_grace", "100ms")
    # Read together with it: what shows the one shows the other.
    store.settings.set("exit_dead", "7")
    eventually(shown_by(store, "exit 7", is_dead), within=WITHIN_S, what="exit_dead = 7")
    (stubborn,) = enqueue(store, NewJob(work=Shell(script="trap '' TERM; sleep 60 & wait; wait")))
    worker.says(f"started {stubborn}")

    store.admin.cancel([stubborn])

    reaches(store, stubborn, JobState.CANCELLED, within=8)


def test_a_changed_grace_reaches_a_running_worker(store: Store, worker: Program) -> None:
    store.settings.set("grace", "100ms")
    store.settings.set("exit_dead", "7")
    eventually(shown_by(store, "exit 7", is_dead), within=WITHIN_S, what="exit_dead = 7")
    (long,) = enqueue(store, NewJob(work=Shell(script="sleep 60")))
    worker.says(f"started {long}")

    worker.signal(signal.SIGTERM)

    assert worker.ended(within=20) == 75
    assert job(store, long).state is JobState.PENDING
