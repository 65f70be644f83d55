"""Limits as the jobs themselves see them, with real commands under real workers."""

from itertools import pairwise
from pathlib import Path

import pytest

from queuectl_store import JobState, Rate, Store
from queuectl_worker import ExitReason
from tests.waiting import eventually
from tests.worker.story import attempts, burst, enqueue, job, reaches, running, shell

pytestmark = pytest.mark.not_on("win")


def overlapping(log: Path) -> int:
    """Return how many at most ran at once, by the lines `+` and `-` that the jobs wrote."""
    most = now = 0
    for line in log.read_text().split():
        now += 1 if line == "+" else -1
        most = max(most, now)
    assert now == 0
    return most


def logs_itself(log: Path, seconds: float = 0.02) -> str:
    return f"echo + >> {log}; sleep {seconds}; echo - >> {log}"


def test_a_queue_s_concurrency_holds_and_costs_no_pause_between_jobs(
    store: Store, tmp_path: Path
) -> None:
    """The next one starts at the end of the last, not at the next look."""
    log = tmp_path / "log"
    store.admin.set_queue("default", concurrency=2)
    ids = enqueue(store, *[shell(logs_itself(log)) for _ in range(30)])

    with running(store, concurrency=8):
        eventually(lambda: not store.work_left(), within=20, what="thirty short jobs")

    assert overlapping(log) == 2
    assert {job(store, job_id).state for job_id in ids} == {JobState.SUCCEEDED}


def test_jobs_of_one_key_run_one_by_one_across_two_workers(store: Store, tmp_path: Path) -> None:
    logs = [tmp_path / name for name in "ab"]
    enqueue(
        store,
        *[
            shell(logs_itself(log, 0.01), concurrency_key=log.name)
            for _ in range(15)
            for log in logs
        ],
    )

    with running(store, concurrency=3), running(store, concurrency=3):
        eventually(lambda: not store.work_left(), within=20, what="thirty short jobs")

    assert [overlapping(log) for log in logs] == [1, 1]


def test_a_job_finds_in_its_variables_which_units_it_has(store: Store, tmp_path: Path) -> None:
    store.admin.set_resource("gpu", 3)
    store.admin.set_resource("usb-stick", 1)
    script = f'echo "$QUEUECTL_RESOURCE_GPU/$QUEUECTL_RESOURCE_USB_STICK" >> {tmp_path}/units'
    enqueue(store, shell(script, resources={"gpu": 2, "usb-stick": 1}))

    burst(store)

    assert (tmp_path / "units").read_text() == "0,1/0\n"


def test_a_wide_job_has_all_its_slots_for_itself(store: Store, tmp_path: Path) -> None:
    log = tmp_path / "log"
    narrow = [shell(logs_itself(log)) for _ in range(6)]
    wide = shell(f"wc -l < {log} > {tmp_path}/seen; {logs_itself(log)}", slots=4)
    enqueue(store, *narrow, wide, *narrow)

    burst(store, concurrency=4)

    # Whoever had begun before it had ended too.
    assert (tmp_path / "seen").read_text().strip() == "12"
    assert overlapping(log) == 4


def test_a_rate_starts_a_job_each_interval_and_not_later(store: Store) -> None:
    store.admin.set_queue("default", rate=Rate.parse("5/s"))
    ids = enqueue(store, *[shell("true") for _ in range(8)])

    with running(store, concurrency=4):
        eventually(lambda: not store.work_left(), within=20, what="eight paced jobs")

    starts = sorted(job(store, job_id).started_at or 0 for job_id in ids)
    gaps = [b - a for a, b in pairwise(starts)]
    assert min(gaps) >= 200
    assert sorted(gaps)[len(gaps) // 2] < 300


def test_a_rate_of_a_key_lets_its_jobs_out_one_by_one(store: Store) -> None:
    store.admin.set_queue("default", key_concurrency=9, key_rate=Rate.parse("5/s"))
    ids = enqueue(store, *[shell("true", concurrency_key="k") for _ in range(6)])

    burst(store)

    starts = sorted(attempts(store, job_id)[0].started_at or 0 for job_id in ids)
    claims = sorted(job(store, job_id).started_at or 0 for job_id in ids)
    assert min(b - a for a, b in pairwise(claims)) >= 200
    assert starts[-1] - starts[0] < 2_500


def test_a_burst_ends_although_a_paused_queue_and_unmet_demands_have_jobs(store: Store) -> None:
    store.admin.pause("paused")
    waiting = enqueue(
        store,
        shell("true", queue="paused"),
        shell("true", resources={"license": 1}),
        shell("true", slots=9),
    )
    (other,) = enqueue(store, shell("true"))

    assert burst(store) is ExitReason.DRAINED

    assert {job(store, job_id).state for job_id in waiting} == {JobState.PENDING}
    assert job(store, other).state is JobState.SUCCEEDED


def test_pausing_a_queue_reaches_a_running_worker_and_so_does_resuming(store: Store) -> None:
    with running(store, concurrency=2):
        store.admin.pause("q")
        (waiting,) = enqueue(store, shell("true", queue="q"))
        (other,) = enqueue(store, shell("true"))
        reaches(store, other, JobState.SUCCEEDED)
        seen = job(store, waiting).state
        store.admin.resume("q")
        reaches(store, waiting, JobState.SUCCEEDED)

    assert seen is JobState.PENDING


def test_a_running_worker_lets_go_of_what_a_raised_limit_allows(store: Store) -> None:
    ids = enqueue(store, *[shell("sleep 60", concurrency_key="k") for _ in range(3)])
    with running(store, concurrency=4):
        reaches(store, ids[0], JobState.RUNNING)

        store.admin.set_queue("default", key_concurrency=3)

        for job_id in ids:
            reaches(store, job_id, JobState.RUNNING)
