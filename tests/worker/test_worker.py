"""Real commands through a real store, worker and guardian."""

import os
import threading
from pathlib import Path

import pytest

from queuectl_store import (
    Argv,
    Backoff,
    Dead,
    InvalidSetting,
    JobId,
    JobState,
    NewJob,
    Retry,
    Store,
    Task,
    Warn,
    connect,
)
from queuectl_worker import ExitReason, JobEnded, JobStarted, Worker, follow, hotloop, read
from tests.waiting import eventually
from tests.worker.story import (
    Diary,
    attempts,
    burst,
    enqueue,
    job,
    reaches,
    running,
    shell,
)

pytestmark = pytest.mark.not_on("win")


def test_burst_runs_everything_and_ends_drained(store: Store) -> None:
    ids = enqueue(store, *[shell("true") for _ in range(150)])

    assert burst(store) is ExitReason.DRAINED

    assert {job(store, job_id).state for job_id in ids} == {JobState.SUCCEEDED}
    assert [len(attempts(store, job_id)) for job_id in ids] == [1] * 150


def test_burst_on_an_empty_store_ends_at_once(store: Store) -> None:
    assert burst(store) is ExitReason.DRAINED


def test_burst_waits_for_retries_in_backoff(store: Store, tmp_path: Path) -> None:
    script = f"echo x >> {tmp_path}/tries; test $(wc -l < {tmp_path}/tries) = 3"
    backoff = Backoff(base=1, max_s=0.3, jitter=0)
    (job_id,) = enqueue(store, shell(script, max_retries=5, backoff=backoff))

    burst(store)

    assert job(store, job_id).state is JobState.SUCCEEDED
    assert [each.state for each in attempts(store, job_id)] == ["failed", "failed", "succeeded"]


@pytest.mark.parametrize(
    ("script", "exit_code", "signal", "error", "note"),
    [
        ("exit 3", 3, None, "exit code 3", "attempt 1 of 1 failed: exit code 3"),
        ("exit 100", 100, None, "exit code 100", "exit code 100 asks for no retry"),
        (
            *("kill -9 $$", None, 9, "killed by SIGKILL (9)"),
            "attempt 1 of 1 failed: killed by SIGKILL (9)",
        ),
    ],
)
def test_failed_command_is_recorded_with_how_it_ended(
    store: Store, script: str, exit_code: int | None, signal: int | None, error: str, note: str
) -> None:
    (job_id,) = enqueue(store, shell(script))

    burst(store)

    (attempt,) = attempts(store, job_id)
    assert (attempt.exit_code, attempt.signal, attempt.error) == (exit_code, signal, error)
    assert (job(store, job_id).state, job(store, job_id).note) == (JobState.DEAD, note)


def test_exhausted_allowance_ends_in_the_dead_letter_queue(store: Store) -> None:
    (job_id,) = enqueue(store, shell("exit 75", max_retries=2))

    burst(store)

    assert job(store, job_id).note == "attempt 3 of 3 failed: exit code 75"
    assert [each.number for each in attempts(store, job_id)] == [1, 2, 3]


def test_job_that_a_person_retried_has_its_full_allowance_again(store: Store) -> None:
    (job_id,) = enqueue(store, shell("exit 1", max_retries=1))
    burst(store)

    store.admin.retry([job_id])
    burst(store)

    assert [each.number for each in attempts(store, job_id)] == [1, 2, 3, 4]
    assert job(store, job_id).state is JobState.DEAD


def test_timed_out_command_is_stopped_and_says_so(store: Store) -> None:
    (job_id,) = enqueue(store, shell("sleep 60", timeout_ms=200))

    burst(store)

    (attempt,) = attempts(store, job_id)
    assert attempt.error == "timed out after 0.2s"
    assert attempt.finished_at - (attempt.started_at or 0) < 10_000


def test_command_over_its_memory_is_killed_and_says_so(store: Store) -> None:
    script = "x=$(head -c 200000000 /dev/zero | tr '\\0' x); sleep 60"
    (job_id,) = enqueue(store, shell(script, memory=100 << 20, max_retries=1))

    burst(store)

    first, second = attempts(store, job_id)
    assert first.error == second.error == "killed: over 100M"
    assert job(store, job_id).note == "attempt 2 of 2 failed: killed: over 100M"
    assert (first.max_rss or 0) > 100 << 20


def test_command_is_warned_before_its_time_limit(store: Store) -> None:
    script = "trap 'echo warned; exit 0' USR1; while :; do sleep 0.05; done"
    warn = Warn(signal="USR1", before_ms=59_000)
    (job_id,) = enqueue(store, shell(script, timeout_ms=60_000, warn=warn))
    worker = Worker(store, concurrency=1, burst=True)

    worker.run()

    assert job(store, job_id).state is JobState.SUCCEEDED
    assert read(output_of(worker, store, job_id)) == b"warned\n"


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (NewJob(work=Argv(argv=("no-such-program",))), "no program named 'no-such-program'"),
        (NewJob(work=Argv(argv=("/etc/passwd",))), "passwd"),
        (NewJob(work=Argv(argv=("/",))), "'/' is a folder, not a program"),
        (NewJob(work=Argv(argv=("true", "x" * 300_000))), "more arguments and environment"),
        (shell("true", cwd="/no/such/folder", max_retries=3), "'/no/such/folder' does not exist"),
        (shell("true", cwd="/etc/passwd", max_retries=3), "'/etc/passwd' is not a folder"),
        (NewJob(work=Argv(argv=("echo", "\ud800"))), "half a character"),
    ],
)
def test_command_that_can_never_start_is_dead_at_once(
    store: Store, new: NewJob, reason: str
) -> None:
    (job_id,) = enqueue(store, new)

    burst(store)

    found = job(store, job_id)
    assert found.state is JobState.DEAD
    assert reason in (found.note or "")
    assert len(attempts(store, job_id)) == 1


@pytest.mark.parametrize("text", ["", "one\ntwo", "\udcff\0", "x" * 1_000_000])
def test_command_finds_its_input_on_its_standard_input(
    store: Store, tmp_path: Path, text: str
) -> None:
    (job_id,) = enqueue(store, shell("cat > got", cwd=str(tmp_path), input=text))

    burst(store)

    assert job(store, job_id).state is JobState.SUCCEEDED
    assert (tmp_path / "got").read_bytes() == text.encode("utf-8", "surrogateescape")


def test_output_is_found_where_the_log_folder_says(store: Store) -> None:
    (job_id,) = enqueue(store, shell("printf 'a\\000b'; printf c >&2"))
    worker = Worker(store, concurrency=1, burst=True)

    worker.run()

    path = worker.logs.for_run(job(store, job_id))
    assert path is not None
    assert read(path) == b"a\0bc"
    assert worker.logs.for_run(job(store, job_id), attempts(store, job_id)[0]) == path


def test_output_is_followed_while_the_command_runs(store: Store, tmp_path: Path) -> None:
    script = f"echo one; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo two"
    (job_id,) = enqueue(store, shell(script))
    with running(store, concurrency=1) as live:
        found = reaches(store, job_id, JobState.RUNNING)
        path = live.worker.logs.for_run(found)
        assert path is not None
        pieces = follow(path, lambda: job(store, job_id).state is JobState.SUCCEEDED)

        assert next(pieces) == b"one\n"
        (tmp_path / "go").touch()
        assert b"".join(pieces) == b"two\n"


def output_of(worker: Worker, store: Store, job_id: JobId) -> Path:
    path = worker.logs.for_run(job(store, job_id))
    assert path is not None
    return path


def test_silent_command_leaves_no_log(store: Store) -> None:
    (job_id,) = enqueue(store, shell("true"))
    worker = Worker(store, concurrency=1, burst=True)

    worker.run()

    path = worker.logs.for_run(job(store, job_id))
    assert path is not None
    assert not path.exists()


def test_command_sees_its_environment_and_none_of_the_workers_settings(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUECTL_DASHBOARD_TOKEN", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    stored = {"PATH": os.environ["PATH"], "COLOUR": "red", "QUEUECTL_DB": "postgresql://u:p@h/d"}
    with_own, without = enqueue(
        store, shell("env", environment=stored, env={"EXTRA": "1"}), shell("env")
    )
    worker = Worker(store, concurrency=1, burst=True)

    worker.run()

    seen = variables(worker, store, with_own)
    assert (seen["COLOUR"], seen["EXTRA"]) == ("red", "1")
    assert seen["QUEUECTL_JOB_ID"] == str(with_own)
    assert seen["QUEUECTL_DB"] == str(store.path)
    assert "secret" not in str(variables(worker, store, without))
    assert variables(worker, store, without)["PATH"] == os.environ["PATH"]


def test_only_the_named_queues_are_served(store: Store) -> None:
    mine, other = enqueue(store, shell("true", queue="mine"), shell("true", queue="other"))

    assert burst(store, queues=("mine",)) is ExitReason.DRAINED

    assert job(store, mine).state is JobState.SUCCEEDED
    assert job(store, other).state is JobState.PENDING


def test_no_more_jobs_run_at_once_than_there_are_slots(store: Store, tmp_path: Path) -> None:
    script = f"cd {tmp_path}; touch run.$$; ls -d run.* | wc -l >> seen; sleep 0.05; rm run.$$"
    enqueue(store, *[shell(script) for _ in range(20)])

    burst(store, concurrency=3)

    assert max(int(line) for line in (tmp_path / "seen").read_text().split()) <= 3


def test_an_enqueue_wakes_a_waiting_worker(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hotloop, "LONGEST_WAIT_MS", 3_600_000)  # it never looks of its own accord
    with running(store, concurrency=1):
        for _ in range(3):
            (job_id,) = enqueue(store, shell("true"))

            reaches(store, job_id, JobState.SUCCEEDED)


def test_delayed_job_starts_when_it_is_due_and_not_before(store: Store) -> None:
    with running(store, concurrency=1):
        (job_id,) = enqueue(store, shell("true", delay_ms=300))

        found = reaches(store, job_id, JobState.SUCCEEDED, within=20)

    assert found.run_at is not None
    assert (found.started_at or 0) >= found.run_at


def test_cancelled_running_job_is_stopped_with_its_tree(store: Store, tmp_path: Path) -> None:
    script = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/pid; wait; wait; sleep 60"
    (job_id,) = enqueue(store, shell(script, max_retries=5))
    with running(store, concurrency=1, settings={"kill_grace": "200ms"}):
        reaches(store, job_id, JobState.RUNNING)
        eventually((tmp_path / "pid").exists, within=20, what="the tree")
        grandchild = eventually(
            lambda: (tmp_path / "pid").read_text().strip(), within=20, what="the pid of the tree"
        )

        store.admin.cancel([job_id])

        reaches(store, job_id, JobState.CANCELLED, within=20)
    assert not Path(f"/proc/{grandchild}").exists()


def test_changed_settings_reach_a_running_worker(store: Store) -> None:
    with running(store, concurrency=1) as live:
        store.settings.set("exit_dead", "7")
        eventually(
            lambda: live.worker.tuning.policy.exit_dead == {7}, within=20, what="the new setting"
        )
        (job_id,) = enqueue(store, shell("exit 7", max_retries=5))

        found = reaches(store, job_id, JobState.DEAD)

    assert found.note == "exit code 7 asks for no retry"


def test_settings_of_the_caller_win_over_the_stores(store: Store) -> None:
    store.settings.set("exit_dead", "7")
    (job_id,) = enqueue(store, shell("exit 7", max_retries=1))

    burst(store, settings={"exit_dead": "8"})

    assert job(store, job_id).note == "attempt 2 of 2 failed: exit code 7"


def test_unknown_setting_is_refused(store: Store) -> None:
    with pytest.raises(InvalidSetting, match="did you mean 'lease'"):
        Worker(store, settings={"leese": "3s"})


def test_job_held_up_behind_long_ones_goes_to_another_worker(store: Store) -> None:
    """A worker that claims ahead must not sit on jobs that another could run."""
    enqueue(store, *[shell("true") for _ in range(100)])
    with running(store, concurrency=1) as busy:
        eventually(lambda: not store.work_left(), within=20, what="a quick pace")
        long, *short = enqueue(store, shell("sleep 60"), *[shell("true") for _ in range(5)])
        reaches(store, long, JobState.RUNNING)
        with running(store, concurrency=1):
            for job_id in short:
                reaches(store, job_id, JobState.SUCCEEDED, within=20)
        assert busy.thread.is_alive()

    assert {each.state for job_id in short for each in attempts(store, job_id)} <= {
        *("released", "succeeded")
    }
    assert all(job(store, job_id).attempt == 1 for job_id in short)


def test_news_of_an_end_comes_after_its_commit(store: Store) -> None:
    states = []

    def tell(news: object) -> None:
        if isinstance(news, JobEnded):
            states.append(job(store, news.finish.claim.job.id).state)

    enqueue(store, shell("true"), shell("exit 1"))
    Worker(store, concurrency=1, burst=True, on_news=tell).run()

    assert sorted(states) == [JobState.DEAD, JobState.SUCCEEDED]


def test_news_tell_each_start_and_each_end(store: Store) -> None:
    diary = Diary()
    enqueue(store, shell("exit 1", max_retries=1))

    burst(store, on_news=diary)

    assert [news.claim.token for news in diary.of(JobStarted)] == [1, 2]
    outcomes = [news.finish.outcome for news in diary.of(JobEnded)]
    assert outcomes == [
        Retry(delay_ms=0, reason="exit code 1"),
        Dead(reason="attempt 2 of 2 failed: exit code 1"),
    ]


def test_task_that_no_executor_serves_waits_and_uses_no_attempt(store: Store) -> None:
    (job_id,) = enqueue(store, NewJob(work=Task(name="mail.send")))
    with running(store, concurrency=1):
        found = reaches(store, job_id, JobState.RETRYING)

    assert found.attempt == 0
    assert (found.run_at or 0) > found.created_at + 20_000


def test_two_workers_share_the_jobs_and_run_each_once(store: Store, tmp_path: Path) -> None:
    script = f"echo $QUEUECTL_JOB_ID >> {tmp_path}/ran"
    ids = enqueue(store, *[shell(script) for _ in range(200)])
    with connect(str(store.path)) as other:
        second = threading.Thread(target=burst, args=(other,))
        second.start()
        burst(store)
        second.join(30)

    assert sorted(map(int, (tmp_path / "ran").read_text().split())) == sorted(ids)


def test_same_life_on_postgresql(postgres_url: str, tmp_path: Path) -> None:
    with connect(postgres_url) as store:
        good, bad = enqueue(store, shell("echo hi"), shell("exit 1", max_retries=1))

        assert burst(store, settings={"log_dir": str(tmp_path)}) is ExitReason.DRAINED

        assert job(store, good).state is JobState.SUCCEEDED
        assert [each.state for each in attempts(store, bad)] == ["failed", "failed"]


def variables(worker: Worker, store: Store, job_id: int) -> dict[str, str]:
    path = worker.logs.for_run(store.reader.get(job_id))
    assert path is not None
    lines = read(path).decode().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)
