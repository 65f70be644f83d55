"""A worker's traffic on a store, from a process of its own: claims and ends, a batch at a time."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from queuectl_store import Finish, NewJob, NewWorker, RunFacts, Shell, Succeeded, connect

RATE = 10_000
BATCH = 100
QUEUES = 5


class Traffic:
    """The other process, by the pipe to it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._rate: float | None = None

    def begin(self) -> None:
        """Have it begin; its jobs are in the store."""
        self._pipe.send(None)

    def goes_on(self) -> bool:
        """Tell whether it has not ended its jobs yet."""
        if self._rate is None and self._pipe.poll():
            self._rate = self._pipe.recv()
        return self._rate is None

    def rate(self) -> float:
        """Return how many jobs it ended a second."""
        if self._rate is None:
            self._rate = self._pipe.recv()
        return self._rate


@contextmanager
def traffic(file: Path, *, seconds: int) -> Iterator[Traffic]:
    """Give a process that stands by with the jobs for so many *seconds* in the store of *file*."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(str(file), seconds, theirs))
    process.start()
    try:
        ours.recv()
        yield Traffic(ours)
    finally:
        process.join(timeout=60)
        process.kill()


def _work(file: str, seconds: int, pipe: Connection) -> None:
    with connect(file, durability="normal") as store:
        for start in range(0, seconds * RATE, 1_000):
            some = range(start, start + 1_000)
            store.enqueue([NewJob(work=Shell(script="true"), queue=f"q{n % QUEUES}") for n in some])
        worker = store.register(
            NewWorker(
                host="bench", pid=1, concurrency=BATCH, queues=None, lease_ms=600_000, version="0"
            )
        )
        pipe.send(None)
        pipe.recv()
        began, done = time.monotonic(), 0
        ends: list[Finish] = []
        while True:
            claims = store.exchange(worker, ends, limit=BATCH).claims
            done += len(ends)
            if not claims:
                break
            now = store.reader.now_ms()
            ends = [
                Finish(claim=each, outcome=Succeeded(), facts=RunFacts(started_at=now - 5))
                for each in claims
            ]
            time.sleep(max(0.0, began + done / RATE - time.monotonic()))
        pipe.send(done / (time.monotonic() - began))
