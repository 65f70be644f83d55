"""A worker inside this process, for commands that run jobs and look at them at the same time."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from queuectl_store import Job

if TYPE_CHECKING:
    # The database library comes with them, and help needs none.
    from queuectl_store import Look, Store
    from queuectl_worker import OnNews, Worker


class SideWorker:
    """A worker in a thread; raises what it failed with where it is asked."""

    def __init__(self, worker: "Worker") -> None:
        self._worker = worker
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """It has ended, by itself or by failing."""
        return not self._thread.is_alive()

    def check(self) -> None:
        """Raise what the worker failed with, if it did."""
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """End its jobs, give them back, and wait for its end."""
        self._worker.request_stop(now=True)
        self._thread.join()

    def _run(self) -> None:
        try:
            self._worker.run()
        except BaseException as error:  # noqa: BLE001 handed to the thread that asks
            self._failure = error


@contextmanager
def side_worker(
    store: "Store",
    *,
    concurrency: int,
    queues: Sequence[str] | None,
    burst: bool = False,
    settings: Mapping[str, str] | None = None,
    on_news: "OnNews | None" = None,
) -> Iterator[SideWorker]:
    """Run a worker beside the block; at its end, stop it."""
    from queuectl_worker import Worker
    from queuectl_worker.news import ignore

    side = SideWorker(
        Worker(
            store,
            concurrency=concurrency,
            queues=queues,
            burst=burst,
            settings=settings,
            on_news=on_news or ignore,
        )
    )
    try:
        yield side
    finally:
        side.stop()


def is_served(store: "Look", job: Job) -> bool:
    """Tell whether a live worker takes jobs of *job*'s queue."""
    return any(
        worker.state == "running" and (worker.queues is None or job.queue in worker.queues)
        for worker in store.reader.workers()
    )
