"""A job that prints without measure costs the worker nothing, and other jobs nothing."""

import re
from pathlib import Path

import pytest

from queuectl_store import JobId, JobState, Store, connect
from queuectl_worker import LogFolder, RunOutput
from tests.waiting import eventually
from tests.worker.program import program
from tests.worker.story import job, reaches, shell

pytestmark = pytest.mark.not_on("win", "darwin")

# By hand, a gigabyte: `python benchmarks/output.py`.
BYTES = 200_000_000
# The promise is 100 MB; this leaves room for what an interpreter of another build takes.
MOST_RSS_KB = 85_000
LINE = "a line of a flood, as long as lines are that programs print when something is wrong"


def flood(go_on: Path) -> str:
    """Return a job that prints so much and then waits for *go_on*."""
    wait = f"while [ ! -e {go_on} ]; do sleep 0.05; done"
    return f"yes '{LINE}' | head -c {BYTES}; {wait}; echo; echo end"


def family(pid: int) -> list[int]:
    """Return a worker's pid, its keeper's and its guardian's: those that are no jobs."""
    found = [pid]
    for each in found:
        children = Path(f"/proc/{each}/task/{each}/children").read_text().split()
        found += [int(child) for child in children if is_guardian(child)]
    return found


def is_guardian(pid: str) -> bool:
    return b"guardian" in Path(f"/proc/{pid}/cmdline").read_bytes()


def peak_kb(pid: int) -> int:
    match = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert match is not None
    return int(match[1])


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_flood_of_output_leaves_worker_and_other_jobs_alone(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue(f"{kind}_url")
    with connect(url) as store:
        go_on = tmp_path / "go"
        (loud,) = store.enqueue([shell(flood(go_on))])
        others = store.enqueue([shell(f"echo {n}") for n in range(20)])
        where = f"log_dir={tmp_path / 'logs'}"
        with program(url, tmp_path / "out", "--concurrency", "2", "--set", where) as worker:
            for other in others:
                reaches(store, other, JobState.SUCCEEDED, within=60)
            written = LogFolder(tmp_path / "logs").for_run(job(store, loud))
            assert written is not None
            eventually(
                lambda: written.exists() and written.stat().st_size >= BYTES,
                within=60,
                what="the whole flood",
            )
            peaks = [peak_kb(pid) for pid in family(worker.child.pid)]
            go_on.touch()
            ended = reaches(store, loud, JobState.SUCCEEDED, within=30)
            elsewhere = tmp_path / "nowhere" if kind == "postgres" else tmp_path / "logs"
            end = all_of(store, elsewhere, loud)
        texts = [all_of(store, tmp_path / "logs", each) for each in others]

    assert len(peaks) == 3
    assert max(peaks) < MOST_RSS_KB, peaks
    assert texts == [b"%d\n" % n for n in range(20)]
    assert ended.last is not None
    assert ended.last.log_bytes == BYTES + len("\nend\n")
    assert end.startswith(LINE.encode())
    assert end.endswith(b"\nend\n")
    assert b" bytes cut here" in end


def all_of(store: Store, logs: Path, job_id: JobId) -> bytes:
    """Follow a run that has ended, which waits for words that are still under way."""
    output = RunOutput(store, LogFolder(logs), job(store, job_id))
    return b"".join(piece for _, piece in output.follow(lambda: True))
