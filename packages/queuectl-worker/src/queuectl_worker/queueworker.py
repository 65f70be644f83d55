"""A worker inside another program: in the thread that runs it, or beside a block."""

import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

from queuectl_store import Store
from queuectl_worker.news import News, OnNews, WorkerJoined
from queuectl_worker.worker import ExitReason, Worker


class QueueWorker:
    """Runs the jobs of a queue in this process; what `Queue.worker` returns.

    As a context manager it runs beside the block, in a thread of its own, and drains at its end.

    Args:
        store: Opens the store where it is not open yet.
    """

    def __init__(
        self, store: Callable[[], Store], *, listeners: Sequence[OnNews] = (), **options: Any
    ) -> None:
        self._store, self._listeners, self._options = store, listeners, options
        self._worker: Worker | None = None
        self._stop: bool | None = None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._begun = threading.Event()
        self._failure: BaseException | None = None

    def run(self, *, burst: bool = False) -> ExitReason:
        """Run jobs until `stop` is called, or in a *burst* until nothing is left.

        It leaves signals alone: `queuectl worker start --app` is a program that heeds them.

        Raises:
            StoreUnreachable: The store could not be used at the start.
        """
        return self._run(burst=burst, listeners=self._listeners)

    def stop(self, *, now: bool = False) -> None:
        """Ask for the end, from any thread; *now*: end the running jobs too."""
        with self._lock:
            self._stop = bool(self._stop or now)
            if self._worker is not None:
                self._worker.request_stop(now=now)

    def __enter__(self) -> Self:
        """Return once it runs.

        Raises:
            StoreUnreachable: The store could not be used.
            PoolStartError: The program could not be loaded for its tasks.
        """
        self._thread = threading.Thread(target=self._beside, name="queuectl-worker", daemon=True)
        self._thread.start()
        self._begun.wait()
        self._raise_failure()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.stop()
        assert self._thread is not None
        self._thread.join()
        if kind is None:
            self._raise_failure()

    def _run(self, *, burst: bool, listeners: Sequence[OnNews]) -> ExitReason:
        with self._lock:
            worker = self._worker = Worker(
                self._store(), burst=burst, listeners=listeners, **self._options
            )
            if self._stop is not None:
                worker.request_stop(now=self._stop)
        return worker.run()

    def _beside(self) -> None:
        try:
            self._run(burst=False, listeners=[*self._listeners, self._hear])
        except BaseException as error:  # noqa: BLE001  # it is raised in the other thread
            self._failure = error
        finally:
            self._begun.set()

    def _hear(self, news: News) -> None:
        if isinstance(news, WorkerJoined):
            self._begun.set()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure
