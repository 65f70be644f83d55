"""What a worker's memory does over many tasks, and what a finished job takes on disk.

Run it as `python3 scripts/bench memory [--jobs N] [--every N] [--postgres URL]`; the URL is of an
empty database. One worker with 8 slots in a process of its own runs no-op tasks that another
process enqueues; its guardian counts too.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import sqlalchemy as sa

import bootstrap
from benchmarks._peers.marks import ADDRESS, MARKS
from queuectl_store import NewJob, Store, Task, connect

WORKER = Path(__file__).with_name("_peers") / "ours.py"
AT_ONCE = 1_000
# So many wait at most, so that the worker always has some and the store is not only a heap.
WAITING = 20_000
MARK = NewJob(work=Task(name="mark"))


def main() -> None:
    """Print a line each so many jobs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=100_000)
    parser.add_argument("--postgres", metavar="URL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        address = options.postgres or str(Path(folder, "queue.db"))
        settings = {**os.environ, "PYTHONPATH": str(bootstrap.ROOT), ADDRESS: address}
        marks = Path(folder, "marks")
        settings[MARKS] = str(marks)
        with connect(address) as store:
            worker = subprocess.Popen([sys.executable, str(WORKER), "work"], env=settings)
            try:
                process = psutil.Process(worker.pid)
                run(store, marks, process, jobs=options.jobs, every=options.every)
            finally:
                worker.terminate()
                worker.wait()
            print(f"{size_of(store) / options.jobs:,.0f} bytes a finished job")


def run(store: Store, marks: Path, worker: psutil.Process, *, jobs: int, every: int) -> None:
    """Feed the worker, and look at it each so many jobs."""
    print(f"{'jobs':>10}{'seconds':>10}{'worker MiB':>12}{'with guardian':>15}")
    began = time.monotonic()
    for given in range(0, jobs, AT_ONCE):
        store.enqueue([MARK] * AT_ONCE)
        wait_until(marks, at_least=given + AT_ONCE - WAITING)
        if (given + AT_ONCE) % every == 0:
            wait_until(marks, at_least=given + AT_ONCE)
            own, family = memory(worker)
            seconds = time.monotonic() - began
            print(f"{given + AT_ONCE:>10,}{seconds:>10.1f}{own:>12.1f}{family:>15.1f}", flush=True)


def wait_until(marks: Path, *, at_least: int) -> None:
    """Wait until so many jobs have run; to ask the store would be work for the disk."""
    while at_least > 0 and not (marks.exists() and marks.stat().st_size >= at_least * 8):
        time.sleep(0.05)


def memory(worker: psutil.Process) -> tuple[float, float]:
    """Return the MiB of the worker, and of it with the processes below it."""
    own = worker.memory_info().rss
    below = sum(each.memory_info().rss for each in worker.children(recursive=True))
    return own / 2**20, (own + below) / 2**20


def size_of(store: Store) -> int:
    """Return the bytes of the store's file, or of its tables and indexes."""
    if store.path is not None:
        store.maintain()
        return store.path.stat().st_size
    url = store.url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        size = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
        return int(size.scalar_one())


if __name__ == "__main__":
    main()
