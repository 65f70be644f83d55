"""The worker of `executors.py`: `python -m benchmarks._executors KIND SLOTS` drains the queue."""

import os
import sys
import time
from typing import Literal

from queuectl_worker import Queue

ADDRESS = "QUEUECTL_BENCH_ADDRESS"
# The name of the task by what runs it.
TASKS = {"threads": "nothing", "coroutines": "nothing_async", "processes": "nothing"}

queue = Queue(os.environ.get(ADDRESS, "queue.db"))


@queue.task
def nothing() -> None:
    """Do nothing."""


@queue.task
async def nothing_async() -> None:
    """Do nothing, in an event loop."""


@queue.task
def rest() -> None:
    """Keep a slot until the others have one too, however slowly their processes start."""
    time.sleep(2)


def main() -> None:
    """Run what there is."""
    kind, slots = sys.argv[1:]
    executor: Literal["process", "thread"] = "process" if kind == "processes" else "thread"
    queue.worker(concurrency=int(slots), executor=executor).run(burst=True)


if __name__ == "__main__":
    main()
