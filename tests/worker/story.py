"""The words in which the worker's tests are told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from queuectl_store import (
    Attempt,
    Backoff,
    Claim,
    Job,
    JobId,
    JobState,
    NewJob,
    NewWorker,
    Shell,
    Store,
)
from queuectl_worker import News, Worker, WorkerJoined
from tests.waiting import eventually

AT_ONCE = Backoff(base=1, max_s=0, jitter=0)


class Diary:
    """Keeps a worker's news."""

    def __init__(self) -> None:
        self.news: list[News] = []
        self.joined = threading.Event()

    def __call__(self, news: News) -> None:
        self.news.append(news)
        if isinstance(news, WorkerJoined):
            self.joined.set()

    def of(self, kind: type[News]) -> list[Any]:
        """Return the news of one kind."""
        return [news for news in self.news if isinstance(news, kind)]


class Running:
    """A worker in a thread."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.reason: int | None = None
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def ended(self, *, within: float) -> int:
        """Wait for the end and return how it ended."""
        self.thread.join(within)
        assert not self.thread.is_alive(), f"the worker still runs after {within:g} s"
        if self.error is not None:
            raise self.error
        assert self.reason is not None
        return self.reason

    def _run(self) -> None:
        try:
            self.reason = self.worker.run()
        except BaseException as error:  # noqa: BLE001  # handed to the test
            self.error = error


@contextmanager
def running(store: Store, **options: Any) -> Iterator[Running]:
    """Run a worker beside the block; it has joined when the block begins."""
    diary = options.setdefault("on_news", Diary())
    live = Running(Worker(store, **options))
    try:
        assert diary.joined.wait(60)
        yield live
    finally:
        live.worker.request_stop(now=True)
        live.thread.join(30)


def burst(store: Store, **options: Any) -> int:
    """Run everything that there is to run."""
    return Worker(store, burst=True, **{"concurrency": 2, **options}).run()


def shell(script: str, **fields: Any) -> NewJob:
    """Make a job of one line of shell that is retried at once."""
    return NewJob(work=Shell(script=script), **{"backoff": AT_ONCE, "max_retries": 0, **fields})


def enqueue(store: Store, *jobs: NewJob) -> list[JobId]:
    """Store jobs."""
    return store.enqueue(jobs)


def job(store: Store, job_id: JobId) -> Job:
    """Look at a job."""
    return store.reader.get(job_id)


def attempts(store: Store, job_id: JobId) -> list[Attempt]:
    """Look at a job's attempts."""
    return store.reader.attempts(job_id)


def reaches(store: Store, job_id: JobId, state: JobState, *, within: float = 30) -> Job:
    """Wait until a job is in *state*."""
    eventually(
        lambda: job(store, job_id).state is state, within=within, what=f"job {job_id} {state}"
    )
    return job(store, job_id)


def claim_one(store: Store) -> Claim:
    """Store a job and claim it as a worker that only exists on paper."""
    enqueue(store, shell("true"))
    worker_id = store.register(paper_worker())
    (claim,) = store.claim(worker_id, limit=1)
    return claim


def paper_worker(*, lease_ms: int = 60_000) -> NewWorker:
    """Introduce a worker that runs nothing."""
    return NewWorker(
        host="paper", pid=1, concurrency=1, queues=None, lease_ms=lease_ms, version="0"
    )
