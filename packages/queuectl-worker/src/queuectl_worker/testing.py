"""For the tests of programs that use a queue: run its tasks here and now, on a clock that is set.

The store, the arguments' way through JSON, retries and results are the real ones. What is left out
is the worker: its threads, its lease, its guardian. Commands are not run.
"""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from queuectl_store import (
    Claim,
    Finish,
    JobFilter,
    JobState,
    ManualClock,
    NewWorker,
    RunFacts,
    Snoozed,
    Store,
    Succeeded,
    Task,
    WorkerId,
    connect,
)
from queuectl_store.values import dataclass
from queuectl_worker.executors.calling import make_call
from queuectl_worker.executors.protocol import Completed, Ending
from queuectl_worker.news import JobEnded
from queuectl_worker.queue import Queue
from queuectl_worker.queued import QueuedJob
from queuectl_worker.retry import Failure, RetryPolicy, decide, error_of
from queuectl_worker.tasks import TaskFunction

LEASE_MS = 24 * 3_600_000
UNKNOWN_MS = 30_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """What a drain did: how many runs ended well, and how many did not."""

    succeeded: int
    failed: int


@contextmanager
def temporary_store(clock: ManualClock | None = None) -> Iterator[Store]:
    """Give a store of its own, in memory where the system keeps files there; gone afterwards.

    Args:
        clock: What the store reads the time from; None is the system's clock.
    """
    memory = Path("/dev/shm")  # noqa: S108  # a private folder is made in it
    folder = str(memory) if memory.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="queuectl-test-", dir=folder) as place,
        connect(str(Path(place) / "queue.db"), clock=clock, durability="normal") as store,
    ):
        yield store


@contextmanager
def using(queue: Queue, store: Store) -> Iterator[Queue]:
    """Let *queue*, a program's own, work on *store* within the block."""
    before = queue.use(store)
    try:
        yield queue
    finally:
        queue.use(before)


def drain(queue: Queue, *, clock: ManualClock | None = None, most: int = 10_000) -> Drained:
    """Run the tasks that are due, one after the other, until none is left.

    Schedules fire as with a worker, at the store's time.

    Args:
        clock: The store's clock; it is set forward to whatever waits for its time or its retry,
            and to the slots of schedules on the way, until no job waits. It is not set forward
            for schedules alone, which never end. None: what waits is left.
        most: Runs after which it is taken for a loop.

    Raises:
        RuntimeError: Tasks go on making tasks, or a job is a command.
    """
    worker_id = _join(queue.store)
    ends = [0, 0]
    for _ in range(most):
        while queue.store.fire():
            pass
        queue.store.stage()
        claims = queue.store.claim(worker_id, limit=1)
        if claims:
            ends[_run(queue, worker_id, claims[0])] += 1
        elif clock is not None and (wait_ms := _wait_ms(queue.store)) is not None:
            clock.advance(ms=max(wait_ms, 1))
            queue.store.renew(worker_id)  # a job may wait for longer than any lease
        else:
            queue.store.unregister(worker_id)
            return Drained(succeeded=ends[0], failed=ends[1])
    raise RuntimeError(f"{most} runs, and still something to do: do tasks enqueue one another?")


@contextmanager
def inline(queue: Queue) -> Iterator[None]:
    """Run each task as soon as it is enqueued, before `enqueue` returns; failures too."""
    queue.after_send = lambda: drain(queue)
    try:
        yield
    finally:
        queue.after_send = None


def enqueued(queue: Queue, task: TaskFunction[..., Any] | None = None) -> list[QueuedJob]:
    """Return the jobs that wait, oldest first; of one *task*, or all."""
    states = (JobState.PENDING, JobState.SCHEDULED, JobState.RETRYING, JobState.HELD)
    chosen = JobFilter(states=(*states, JobState.BLOCKED), task=None if task is None else task.name)
    page = queue.store.reader.page(chosen, limit=100_000)
    return [queue.job(job.id) for job in reversed(page)]


def _wait_ms(store: Store) -> int | None:
    """Return the time until anything is due; None where no job waits for its own."""
    return None if store.due_in_ms(slots=False) is None else store.due_in_ms()


def _join(store: Store) -> WorkerId:
    return store.register(
        NewWorker(
            host="test", pid=0, concurrency=1, queues=None, lease_ms=LEASE_MS, version="testing"
        )
    )


def _run(queue: Queue, worker_id: WorkerId, claim: Claim) -> int:
    """Run one claim and record its end; return 0 where it succeeded, else 1."""
    work = claim.job.work
    if not isinstance(work, Task):
        wrong = f"job {claim.job.id} is a command, which tests run through a worker"
        raise RuntimeError(wrong)  # noqa: TRY004  # it is the caller's use that is wrong
    if work.name not in queue.tasks:
        unknown = Snoozed(delay_ms=UNKNOWN_MS, reason=f"no task {work.name} in this program")
        queue.store.finish(worker_id, [Finish(claim=claim, outcome=unknown)])
        return 1
    claim = queue.tasks.settled(claim)
    call = make_call(claim, queue.tasks.find(work.name), lambda *_: True)
    # What ends a test, such as Ctrl-C or `pytest.fail`, is not the task's.
    ending = call.run_anywhere(caught=Exception)
    finish = _finish(claim, ending)
    queue.store.finish(worker_id, [finish])
    for listener in queue.middleware.listeners:
        listener(JobEnded(finish=finish))
    return int(not isinstance(ending, Completed))


def _finish(claim: Claim, ending: Ending) -> Finish:
    started = RunFacts(started_at=claim.job.started_at)
    if isinstance(ending, Completed):
        return Finish(claim=claim, outcome=Succeeded(result=ending.result), facts=started)
    assert isinstance(ending, Failure)
    jitter = random.random()  # noqa: S311  # spreads retries, guards nothing
    outcome = decide(claim.job, ending, policy=RetryPolicy(), jitter=jitter)
    facts = RunFacts(started_at=claim.job.started_at, error=error_of(ending))
    return Finish(claim=claim, outcome=outcome, facts=facts)
