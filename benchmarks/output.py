"""How far a follower is behind, on this host and on another; and what a gigabyte of output costs.

Run it as `python3 scripts/bench output [--lines N] [--megabytes N] [--postgres URL]`. The flood's
reference is the same command straight into a file.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from queuectl_store import Argv, Job, JobId, JobState, NewJob, Shell, Store, connect
from queuectl_worker import LogFolder, RunOutput, Worker

CLOCK = """
import sys, time
for _ in range(int(sys.argv[1])):
    time.sleep(0.1)
    print(time.time(), flush=True)
"""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=50)
    parser.add_argument("--megabytes", type=int, default=1_000)
    parser.add_argument("--postgres", metavar="URL", help="an empty database, for the other host")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("follower behind the job, ms            first   p50   p99   max")
        report(str(folder / "a.db"), folder / "a", folder / "a", options.lines, "this host")
        if options.postgres:
            report(options.postgres, folder / "b", folder / "c", options.lines, "another host")
        print(f"\n{options.megabytes} MB of output         seconds   peak MB of worker, guardians")
        straight(folder, options.megabytes)
        flood(str(folder / "c.db"), folder / "d", options.megabytes, "SQLite")
        if options.postgres:
            flood(options.postgres, folder / "e", options.megabytes, "PostgreSQL")


def report(address: str, logs: Path, seen: Path, lines: int, what: str) -> None:
    """Measure how long each line is under way; *seen* is where the follower looks for files."""
    command = NewJob(work=Argv(argv=(sys.executable, "-S", "-c", CLOCK, str(lines))))
    with connect(address) as store, running(address, logs):
        (job_id,) = store.enqueue([command])
        job = until(store, job_id, lambda job: job.state is JobState.RUNNING)
        delays = []
        output = RunOutput(store, LogFolder(seen), job)
        for _, piece in output.follow(
            lambda: store.reader.get(job_id).state is not JobState.RUNNING
        ):
            now = time.time()
            delays += [(now - float(line)) * 1000 for line in piece.decode().split()]
    p50, p99 = statistics.median(delays), sorted(delays)[len(delays) * 99 // 100]
    print(f"{what:36} {delays[0]:7.0f} {p50:5.0f} {p99:5.0f} {max(delays):5.0f}")


def straight(folder: Path, megabytes: int) -> None:
    """Run the flood into a file, and remove that."""
    target = folder / "straight"
    began = time.perf_counter()
    subprocess.run(["sh", "-c", f"{printing(megabytes)} > {target}"], check=True)
    print(f"{'straight into a file':22} {time.perf_counter() - began:8.1f}")
    target.unlink()


def flood(address: str, logs: Path, megabytes: int, what: str) -> None:
    """Run the flood as a job; tell its time, and the peaks of the processes that serve it."""
    with connect(address) as store, running(address, logs) as worker:
        began = time.perf_counter()
        (job_id,) = store.enqueue([NewJob(work=Shell(script=printing(megabytes)))])
        until(store, job_id, lambda job: job.state is JobState.SUCCEEDED)
        took = time.perf_counter() - began
        peaks = ", ".join(f"{peak_mb(pid):.0f}" for pid in family(worker.pid))
    print(f"{what:22} {took:8.1f}   {peaks}")


class running:  # noqa: N801  read as a word: with running(…)
    """A worker process of its own."""

    def __init__(self, address: str, logs: Path) -> None:
        self._address, self._logs = address, logs

    def __enter__(self) -> subprocess.Popen[bytes]:
        program = [sys.executable, __file__, "--worker", self._address, str(self._logs)]
        self._child = subprocess.Popen(program)
        return self._child

    def __exit__(self, *_: object) -> None:
        self._child.terminate()
        self._child.wait()


def work(address: str, logs: str) -> None:
    """Be that worker until it is told to end."""
    import signal

    with connect(address) as store:
        worker = Worker(store, concurrency=2, settings={"log_dir": logs})
        signal.signal(signal.SIGTERM, lambda *_: worker.request_stop())
        worker.run()


def printing(megabytes: int) -> str:
    """Return a command that prints so much."""
    return f"yes 'a line of a flood, as long as such lines are' | head -c {megabytes}000000"


def until(store: Store, job_id: JobId, holds: Callable[[Job], bool]) -> Job:
    """Look until *holds* does."""
    while not holds(job := store.reader.get(job_id)):
        threading.Event().wait(0.01)
    return job


def family(pid: int) -> list[int]:
    """Return the pids of a worker, its keeper and its guardian."""
    found = [pid]
    for each in found:
        children = Path(f"/proc/{each}/task/{each}/children").read_text().split()
        found += [int(child) for child in children if is_guardian(child)]
    return found


def is_guardian(pid: str) -> bool:
    """Tell a guardian or its keeper from a job."""
    return b"guardian" in Path(f"/proc/{pid}/cmdline").read_bytes()


def peak_mb(pid: int) -> float:
    """Return the most memory that a process ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        work(*sys.argv[2:])
    else:
        main()
