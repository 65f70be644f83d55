"""A store that does not answer for a while: what is kept, what is ended, and what is said of it."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest

from queuectl_store import Backoff, JobState, Store, SystemClock, connect
from queuectl_worker import JobEnded, News, Worker
from queuectl_worker import pulse as module
from queuectl_worker.outage import Outage
from queuectl_worker.pulse import Fault
from tests.store.cutting_proxy import proxy_before
from tests.waiting import eventually
from tests.worker.program import carriers
from tests.worker.story import (
    Diary,
    Running,
    attempts,
    enqueue,
    job,
    reaches,
    running,
    shell,
)

pytestmark = pytest.mark.not_on("win", "darwin")

BEGINS = "the store did not answer; trying until it does"
ENDS = "the store answers again"


def hangs_told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [told for told in caplog.messages if "main loop" in told]


def test_an_outage_is_told_once_and_its_end_once(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage()
    for _ in range(1_000):
        outage.failed("lease", "refused", began=time.monotonic())
        outage.failed("jobs", "refused", began=time.monotonic())
    outage.answered("jobs")
    outage.failed("jobs", "refused", began=time.monotonic())

    for who in ("jobs", "lease", "stager"):
        outage.answered(who)

    assert caplog.messages == [BEGINS, ENDS]


def test_a_call_that_an_outage_caught_is_of_that_outage(caplog: pytest.LogCaptureFixture) -> None:
    """It waited behind others, and gave up after they had had their answer."""
    outage = Outage()
    caught = time.monotonic()
    outage.failed("jobs", "locked", began=caught)
    outage.answered("jobs")

    outage.failed("stager", "locked", began=caught)
    outage.answered("stager")

    assert caplog.messages == [BEGINS, ENDS]
    outage.failed("stager", "locked", began=time.monotonic())
    assert caplog.messages == [BEGINS, ENDS, BEGINS]


def test_the_end_does_not_wait_for_who_stands_back(caplog: pytest.LogCaptureFixture) -> None:
    outage = Outage()
    outage.failed("rescuer", "locked", began=time.monotonic())

    outage.stands_back("rescuer")

    assert caplog.messages == [BEGINS]
    outage.answered("stager")
    assert caplog.messages == [BEGINS, ENDS]


def test_the_end_of_a_job_is_recorded_when_the_server_is_back(
    postgres_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    go_on = tmp_path / "go"
    script = f"while [ ! -e {go_on} ]; do sleep 0.05; done; echo said"
    with proxy_before(postgres_url) as (proxy, through), connect(postgres_url) as honest:
        (job_id,) = enqueue(honest, shell(script))
        logs = {"log_dir": str(tmp_path / "logs")}
        with connect(through) as store, running(store, concurrency=1, settings=logs):
            # Not by the store: the answer to the claim may still be under way.
            eventually(lambda: carriers(str(go_on)), within=30, what="the command's start")
            proxy.leave()
            go_on.touch()
            eventually(lambda: not carriers(str(go_on)), within=20, what="the command's end")
            eventually(lambda: proxy.refused >= 15, within=30, what="tries of all its threads")
            assert job(honest, job_id).state is JobState.RUNNING
            proxy.is_away = False

            reaches(honest, job_id, JobState.SUCCEEDED, within=30)
            eventually(lambda: ENDS in caplog.messages, within=30, what="word of the end")

        told = [message for message in caplog.messages if message in (BEGINS, ENDS)]
        assert told == [BEGINS, ENDS]
        assert [each.state for each in attempts(honest, job_id)] == ["succeeded"]


def test_a_burst_outlives_an_outage_that_comes_while_it_waits_for_a_retry(
    postgres_url: str, tmp_path: Path
) -> None:
    mark = tmp_path / "tried"
    script = f"[ -e {mark} ] && exit 0; touch {mark}; exit 1"
    waits = Backoff(base=3, max_s=3, jitter=0)
    with proxy_before(postgres_url) as (proxy, through), connect(postgres_url) as honest:
        (job_id,) = enqueue(honest, shell(script, max_retries=1, backoff=waits))
        logs = {"log_dir": str(tmp_path / "logs")}
        with connect(through) as store:
            live = Running(Worker(store, burst=True, settings=logs))
            reaches(honest, job_id, JobState.RETRYING)

            proxy.leave()
            eventually(lambda: proxy.refused >= 15, within=30, what="tries of all its threads")
            proxy.is_away = False

            assert live.ended(within=60) == 0
        assert job(honest, job_id).state is JobState.SUCCEEDED


def test_a_worker_that_cannot_renew_ends_its_jobs_before_its_lease_does(
    store: Store, tmp_path: Path
) -> None:
    """Another process holds the file's only write lock for longer than the lease."""
    assert store.path is not None
    mark = str(tmp_path / "runs")
    (job_id,) = enqueue(store, shell(f"touch {mark}; sleep 100 # {mark}"))
    with running(store, concurrency=1, settings={"lease": "3s"}):
        eventually(lambda: Path(mark).exists(), within=20, what="the job's start")
        blocker = sqlite3.connect(store.path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")

        eventually(lambda: not carriers(mark), within=20, what="the end of the job")

        (lease_until,) = blocker.execute("SELECT lease_until FROM queuectl_workers").fetchone()
        assert SystemClock().lease().now_ms < lease_until
        blocker.execute("ROLLBACK")
        blocker.close()
        # Nobody else was there: the run is given back and no attempt is used.
        eventually(
            lambda: "released" in [each.state for each in attempts(store, job_id)],
            within=20,
            what="the run to be given back",
        )
    assert job(store, job_id).attempt <= 1


def test_a_loop_that_waits_for_a_locked_store_does_not_hang(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """The heartbeat waits for its turn first, and is back when the loop's call still waits."""
    assert store.path is not None
    (job_id,) = enqueue(store, shell("sleep 100"))
    with running(store, concurrency=1, settings={"lease": "3s"}):
        reaches(store, job_id, JobState.RUNNING)
        blocker = sqlite3.connect(store.path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        # The command is ended when the lease could not be renewed, and the loop records that.
        eventually(lambda: BEGINS in caplog.messages, within=60, what="word of the outage")
        looks_until = time.monotonic() + 3

        eventually(
            lambda: hangs_told(caplog) or time.monotonic() > looks_until,
            within=20,
            what="some looks of the heartbeat at the loop",
        )

        blocker.execute("ROLLBACK")
        blocker.close()
        eventually(lambda: ENDS in caplog.messages, within=60, what="word of its end")
    assert not hangs_told(caplog)


def test_a_loop_that_hangs_is_told_of_and_loses_its_lease(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Here in a listener that does not return, which is called in the loop itself."""
    hangs, go_on = threading.Event(), threading.Event()
    diary = Diary()

    def listen(news: News) -> None:
        diary(news)
        if isinstance(news, JobEnded) and not hangs.is_set():
            hangs.set()
            go_on.wait(60)

    enqueue(store, shell("true"))
    live = Running(Worker(store, concurrency=1, settings={"lease": "3s"}, on_news=listen))
    try:
        assert hangs.wait(20)

        eventually(lambda: Fault.HANGS.value in caplog.messages, within=30, what="word of it")

        (worker,) = store.reader.workers()
        eventually(lambda: not store.reader.workers(), within=20, what=f"the end of {worker.id}")
    finally:
        go_on.set()
        live.worker.request_stop(now=True)
        live.thread.join(30)


def test_a_pulse_tells_a_wait_from_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    now_ms = [0]
    monkeypatch.setattr(module, "monotonic_ms", lambda: now_ms[0])
    pulse = module.Pulse()

    now_ms[0] = 3_001
    assert pulse.fault(limit_ms=3_000) is Fault.HANGS
    with pulse:
        now_ms[0] += module.ANSWER_MS
        assert pulse.fault(limit_ms=3_000) is None
        now_ms[0] += 1
        assert pulse.fault(limit_ms=3_000) is Fault.UNANSWERED
    assert pulse.fault(limit_ms=3_000) is None
