"""What one scrape costs, with few jobs in the store and with many.

    python3 scripts/bench scrape [--jobs 1000,300000] [--queues 5]

Prints the median and the worst of thirty scrapes of a new SQLite store in the folder for temporary
files; the jobs wait, so that every one of them counts in a depth.
"""

import argparse
import statistics
import tempfile
import time

from queuectl_metrics import Exporter
from queuectl_store import NewJob, Shell, Store, connect

SCRAPES = 30
BATCH = 1_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", default="1000,300000", help="numbers of jobs, ascending")
    parser.add_argument("--queues", type=int, default=5)
    words = parser.parse_args()
    print(f"{'jobs':>10} {'median ms':>10} {'worst ms':>10}   ({words.queues} queues)")
    with tempfile.TemporaryDirectory() as folder, connect(f"{folder}/queue.db") as store:
        there = 0
        for jobs in map(int, words.jobs.split(",")):
            fill(store, there, jobs, words.queues)
            there = jobs
            took = scrapes(Exporter(store))
            print(f"{jobs:>10,} {statistics.median(took):>10.1f} {max(took):>10.1f}")


def fill(store: Store, there: int, jobs: int, queues: int) -> None:
    for start in range(there, jobs, BATCH):
        some = range(start, min(start + BATCH, jobs))
        store.enqueue([NewJob(work=Shell(script="true"), queue=f"q{n % queues}") for n in some])


def scrapes(exporter: Exporter) -> list[float]:
    exporter.expose()
    took = []
    for _ in range(SCRAPES):
        began = time.perf_counter()
        exporter.expose()
        took.append((time.perf_counter() - began) * 1_000)
    return took


if __name__ == "__main__":
    main()
