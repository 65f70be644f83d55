"""A disk that refuses a flush ends the worker; a reply that the network lost does not."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from queuectl_store import JobState, Store, connect
from queuectl_worker import ExitReason
from tests.store.cutting_proxy import proxy_before
from tests.waiting import eventually
from tests.worker.program import Program, program
from tests.worker.story import attempts, enqueue, job, reaches, shell

pytestmark = pytest.mark.not_on("win32", "darwin")

# P14: no longer than this from the failed flush to the end, once nothing runs any more.
END_S = 5


def test_refused_flush_ends_the_worker_with_78_but_not_its_running_job(
    store: Store, tmp_path: Path
) -> None:
    go, end = tmp_path / "go", tmp_path / "end"
    script = f"while [ ! -e {go} ]; do sleep 0.05; done; touch {end}"
    with program(store, tmp_path / "out", "--concurrency=2", "--set=lease=60s") as worker:
        (long,) = enqueue(store, shell(script))
        worker.says(f"started {long}")
        with failing(worker, store, "fdatasync:error=EIO:when=1"):
            (short,) = enqueue(store, shell("true"))
            worker.says("the store must not be used any more")
            assert worker.child.poll() is None
            go.touch()
            assert worker.ended(within=END_S) == ExitReason.DAMAGED

    assert end.exists()
    assert f"ended {short}" not in worker.said
    # Nothing was acknowledged after the fault; what ran is for the next worker to take over.
    assert job(store, long).state is JobState.RUNNING
    assert job(store, short).state in (JobState.PENDING, JobState.RUNNING)


def test_full_disk_stops_no_worker_and_uses_no_attempt(store: Store, tmp_path: Path) -> None:
    with program(store, tmp_path / "out", "--concurrency=2", "--set=lease=60s") as worker:
        with failing(worker, store, "pwrite64:error=ENOSPC:when=1..3"):
            ids = enqueue(store, shell("true"), shell("true"))
            worker.says("the store did not answer")

            for job_id in ids:
                reaches(store, job_id, JobState.SUCCEEDED, within=20)
        assert worker.child.poll() is None

    assert all(len(attempts(store, job_id)) == 1 for job_id in ids)


def test_lost_replies_to_commits_do_not_end_a_worker(postgres_url: str, tmp_path: Path) -> None:
    with proxy_before(postgres_url) as (proxy, through), connect(postgres_url) as honest:
        proxy.every = 2
        logs = f"--set=log_dir={tmp_path}"
        ids = enqueue(honest, *[shell("sleep 0.1") for _ in range(8)])

        with program(
            through, tmp_path / "out", "--concurrency=1", "--burst", "--set=lease=3s", logs
        ) as worker:
            assert worker.ended(within=60) == ExitReason.DRAINED

        assert proxy.swallowed >= 3
        assert {job(honest, job_id).state for job_id in ids} == {JobState.SUCCEEDED}
        ends = [[each.state for each in attempts(honest, job_id)] for job_id in ids]
        assert all(states.count("succeeded") == 1 for states in ends)
        assert {state for states in ends for state in states} <= {"succeeded", "released"}


@contextmanager
def failing(worker: Program, store: Store, fault: str) -> Iterator[None]:
    """Let calls of *worker* on the store's files fail inside the block."""
    names = ("", "-wal", "-shm")
    paths = [word for name in names for word in ("-P", f"{store.path}{name}")]
    calls = fault.partition(":")[0]
    command = ["strace", "-f", *paths, "-e", f"trace={calls}", "-e", f"inject={fault}"]
    trace = worker.out.with_name("trace")
    tracer = subprocess.Popen(
        [*command, "-o", str(trace), "-p", str(worker.child.pid)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert tracer.stderr is not None
        assert "attached" in tracer.stderr.readline()
        yield
        eventually(lambda: "(INJECTED)" in trace.read_text(), within=20, what="the fault")
    finally:
        tracer.terminate()
        tracer.communicate(timeout=60)
