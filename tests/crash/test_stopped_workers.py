"""Workers that freeze past their lease while another takes their job, and come back."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from queuectl_store import JobId, JobState, Store
from tests.crash.checker import complaints
from tests.crash.farm import Farm, WorkerProcess
from tests.crash.history import Evidence, read_histories, read_witness
from tests.crash.scale import LEASE_S, PATIENCE_S
from tests.waiting import eventually

pytestmark = pytest.mark.not_on("win32", "darwin")  # processes are found through /proc

# Each run waits for a gate of its own, beside a process that does not want to go.
GATED = """
say begin
( trap '' TERM HUP; setsid sleep 300 & )
until [ -e gate$QUEUECTL_TOKEN ]; do sleep 0.02; done
say end
"""
DEAD_AFTER_CONTINUE_S = 2.0


def test_a_result_that_comes_after_the_lease_is_refused(farm: Farm, store: Store) -> None:
    """The second run is still going when the first one's success is reported."""
    slow, job_id = worker_with_a_gated_job(farm, store)
    with frozen([slow.process.pid]):
        open_gate(farm, 1)
        until_said(farm, (job_id, 1, "end"))
        heir = farm.start()
        until_said(farm, (job_id, 2, "begin"))

    slow.until_joined(times=2)

    job = store.reader.get(job_id)
    assert (job.state, job.token, job.worker_id) == (JobState.RUNNING, 2, heir.joins()[0])
    open_gate(farm, 2)
    until_final(store, job_id)
    assert [each.state for each in store.reader.attempts(job_id)] == ["crashed", "succeeded"]
    assert "the lease was taken" in slow.err.read_text()
    assert farm.troubles() == []
    assert complaints(told(farm, store, job_id)) == []


def test_a_stopped_workers_run_is_dead_before_its_job_runs_again(farm: Farm, store: Store) -> None:
    """The guardian fences what its worker cannot."""
    slow, job_id = worker_with_a_gated_job(farm, store)

    with frozen([slow.process.pid]):
        farm.start()
        eventually(lambda: not slow.job_processes(), within=LEASE_S, what="the first run to die")
        ran_meanwhile = (job_id, 2, "begin") in words(farm)
        open_gate(farm, 2)
        until_final(store, job_id)

    assert not ran_meanwhile
    assert complaints(told(farm, store, job_id)) == []


def test_a_run_whose_whole_host_stood_still_is_dead_soon_after_it_goes_on(
    farm: Farm, store: Store
) -> None:
    """Nobody could fence it: worker, guardian and keeper were stopped, and the job was not."""
    slow, job_id = worker_with_a_gated_job(farm, store)

    with frozen([slow.process.pid, *slow.guards()]):
        farm.start()
        open_gate(farm, 2)
        until_final(store, job_id)
        outlived_the_success = bool(slow.job_processes())

    eventually(
        lambda: not slow.job_processes(), within=DEAD_AFTER_CONTINUE_S, what="the first run to die"
    )
    slow.until_joined(times=2)
    assert outlived_the_success
    assert complaints(told(farm, store, job_id)) == []


def test_a_worker_that_lost_its_lease_works_on_under_a_new_id(farm: Farm, store: Store) -> None:
    slow, job_id = worker_with_a_gated_job(farm, store)
    with frozen([slow.process.pid]):
        heir = farm.start()
        open_gate(farm, 2)
        until_final(store, job_id)
        heir.stop()

    [later] = store.enqueue([farm.job("say begin; say end")])
    until_final(store, later)

    [attempt] = store.reader.attempts(later)
    assert slow.joins().index(attempt.worker_id or 0) == 1
    assert slow.stop() == 0


def told(farm: Farm, store: Store, job_id: JobId) -> Evidence:
    return Evidence(histories=read_histories(store, farm.witness), acknowledged=[job_id])


def worker_with_a_gated_job(farm: Farm, store: Store) -> tuple[WorkerProcess, JobId]:
    worker = farm.start()
    [job_id] = store.enqueue([farm.job(GATED)])
    until_said(farm, (job_id, 1, "begin"))
    return worker, job_id


def open_gate(farm: Farm, token: int) -> None:
    Path(farm.folder, f"gate{token}").touch()


def words(farm: Farm) -> list[tuple[int, int, str]]:
    """Return what was said, without the time of day."""
    return [(said.job_id, said.token, said.word) for said in read_witness(farm.witness)]


def until_said(farm: Farm, said: tuple[int, int, str]) -> None:
    eventually(lambda: said in words(farm), within=PATIENCE_S, what=f"{said} to be said")


def until_final(store: Store, job_id: JobId) -> None:
    eventually(
        lambda: store.reader.get(job_id).state is JobState.SUCCEEDED,
        within=PATIENCE_S,
        what=f"job {job_id} to succeed",
    )


@contextmanager
def frozen(pids: Sequence[int]) -> Iterator[None]:
    """Stop processes, in the order given, for the time of the block."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
