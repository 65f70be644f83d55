"""What other projects import: a queue, its tasks, and workers for them."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar, Unpack, overload

from queuectl_store import (
    DEFAULT_QUEUE,
    JobId,
    NewJob,
    Store,
    connect,
)
from queuectl_store.enqueue.mould import Arguments, Mould
from queuectl_worker.errors import InvalidTask
from queuectl_worker.executors import Recycling
from queuectl_worker.fitting import ExecutorFactory, Kind, TaskSide
from queuectl_worker.middleware import Chain, Middleware
from queuectl_worker.news import OnNews
from queuectl_worker.options import Options, TaskOptions
from queuectl_worker.queued import QueuedJob
from queuectl_worker.queueworker import QueueWorker
from queuectl_worker.tasks import Registry, TaskFunction
from queuectl_worker.tracing import Tracing

RESERVED = "queuectl."

P = ParamSpec("P")
R = TypeVar("R")


class Queue:
    """A store and the tasks that its workers run.

    The store is opened at the first use, so that importing a module with a queue in it opens
    nothing. Safe to use from several threads; not across a fork.

    Args:
        url: `sqlite:///path`, a path, `postgresql://…`, or a store that is open already.
        queue: The queue of jobs that name none.
        middleware: What goes around the tasks of this queue, in order; see `Middleware`.
        tracing: What follows enqueues and attempts; `queuectl_worker.otel` has it.

    Attributes:
        tasks: The registered tasks.
        middleware: What goes around them.
        tracing: As given.
        after_send: Called after each enqueue that is not part of a caller's transaction; testing
            runs the jobs there.
    """

    def __init__(
        self,
        url: str | Store,
        *,
        queue: str = DEFAULT_QUEUE,
        middleware: Sequence[Middleware] = (),
        tracing: Tracing | None = None,
    ) -> None:
        self._url, self._queue, self.tracing = url, queue, tracing
        self._store = url if isinstance(url, Store) else None
        self._lock = threading.Lock()
        self.tasks = Registry()
        self.middleware = Chain(middleware if tracing is None else [tracing, *middleware])
        self.after_send: Callable[[], object] | None = None

    @property
    def store(self) -> Store:
        """The store; opened if it is not yet.

        Raises:
            StoreError: It cannot be opened.
        """
        # Without the lock where it is open: each enqueue comes here.
        if (store := self._store) is not None:
            return store
        with self._lock:
            if self._store is None:
                assert isinstance(self._url, str)
                self._store = connect(self._url)
            return self._store

    def use(self, store: Store | None) -> Store | None:
        """Work on *store* from now on (None: on that of the URL); return the one before.

        The caller closes both. For tests; see `queuectl_worker.testing.using`.
        """
        with self._lock:
            before, self._store = self._store, store
            return before

    @overload
    def task(self, function: Callable[P, R], /) -> TaskFunction[P, R]: ...

    @overload
    def task(
        self,
        /,
        *,
        name: str | None = None,
        aliases: Sequence[str] = (),
        **options: Unpack[TaskOptions],
    ) -> Callable[[Callable[P, R]], TaskFunction[P, R]]: ...

    def task(
        self,
        function: Callable[..., Any] | None = None,
        /,
        *,
        name: str | None = None,
        aliases: Sequence[str] = (),
        **options: Any,
    ) -> Any:
        """Make a function a task.

        Args:
            name: Under which its jobs are stored; the function's own name by default. Keep it
                when the function moves, or name the former one in *aliases*.
            options: What its jobs are enqueued with where the caller says nothing; see `Options`.

        Raises:
            InvalidTask: The name is taken, an option is unknown or its value cannot be, or a
                parameter cannot be JSON.
        """

        if any(each.startswith(RESERVED) for each in (name or "", *aliases)):
            raise InvalidTask(f"the names that begin with {RESERVED} are QueueCTL's own")

        def register(function: Callable[P, R]) -> TaskFunction[P, R]:
            chosen = Options().but(**options)
            called = name or function.__name__
            chosen.check(called)
            task = TaskFunction(function, self, name=called, aliases=tuple(aliases), options=chosen)
            self.tasks.add(task)
            return task

        return register if function is None else register(function)

    def send(self, jobs: Iterable[NewJob], *, session: Any = None) -> list[QueuedJob]:
        """Store jobs, commands too; in the transaction of *session* if one is given.

        Args:
            session: A SQLAlchemy Session or Connection of the same database.

        Raises:
            StoreError: The store cannot take them; none is stored.
        """
        ids = self._store_traced(self.middleware.enqueued(list(jobs)), session)
        if session is None and self.after_send is not None:
            self.after_send()
        return [self.job(job_id) for job_id in ids]

    async def send_async(self, jobs: Iterable[NewJob], *, session: Any = None) -> list[QueuedJob]:
        """Store jobs as `send` does, without blocking the event loop.

        Args:
            session: asyncio's Session or Connection too.
        """
        given = list(jobs)
        if session is None:
            return await asyncio.to_thread(self.send, given)
        if (run_sync := getattr(session, "run_sync", None)) is not None:
            sent: list[QueuedJob] = await run_sync(lambda plain: self.send(given, session=plain))
            return sent
        # It belongs to this thread.
        return self.send(given, session=session)

    @property
    def takes_calls(self) -> bool:
        """Nobody has to see each job before it is stored: `send_calls` will do."""
        return self.tracing is None and not self.middleware.sees_jobs

    def send_calls(self, mould: Mould, calls: Sequence[Arguments]) -> list[QueuedJob]:
        """Store jobs that differ in their arguments alone.

        Raises:
            StoreError: The store cannot take them; none is stored.
        """
        store = self.store
        ids = store.enqueue_calls(mould, calls)
        if self.after_send is not None:
            self.after_send()
        return [QueuedJob(store, job_id) for job_id in ids]

    async def send_calls_async(self, mould: Mould, calls: Sequence[Arguments]) -> list[QueuedJob]:
        """Store jobs as `send_calls` does, without blocking the event loop."""
        return await asyncio.to_thread(self.send_calls, mould, calls)

    def _store_traced(self, jobs: Sequence[NewJob], session: Any) -> list[JobId]:
        if self.tracing is None:
            return self._store_jobs(jobs, session)
        with self.tracing.sending(jobs) as sending:
            ids = self._store_jobs(sending.jobs, session)
            sending.stored(ids)
        return ids

    def _store_jobs(self, jobs: Sequence[NewJob], session: Any) -> list[JobId]:
        if session is None:
            return self.store.enqueue(jobs)
        return self.store.enqueue_within(session, jobs)

    def job(self, job_id: int) -> QueuedJob:
        """Return the job of that id; looked at when something is asked of it."""
        return QueuedJob(self.store, JobId(job_id))

    @property
    def default_queue(self) -> str:
        """The queue of jobs that name none."""
        return self._queue

    def worker(
        self,
        *,
        concurrency: int | None = None,
        queues: Sequence[str] | None = None,
        executor: Kind | ExecutorFactory = "thread",
        recycling: Recycling | None = None,
        grace: float | None = None,
        settings: Mapping[str, str] | None = None,
        listeners: Sequence[OnNews] = (),
    ) -> QueueWorker:
        """Return a worker for this queue's tasks, and for commands.

        Args:
            concurrency: Jobs at a time; None is the setting.
            queues: The queues that it serves; None is all.
            executor: `thread`, or `process` for work that keeps the processor busy or must be
                killable; or what makes an executor of another kind.
            recycling: When a task process is replaced by a new one; never by default.
            grace: Seconds that jobs may go on when it stops; None is the setting.
            settings: Settings by name, as text; they win over the store's.
            listeners: Told of what the worker does, in a thread of their own.
        """
        side = TaskSide(tasks=self.tasks, executor=executor, recycling=recycling or Recycling())
        return QueueWorker(
            lambda: self.store,
            concurrency=concurrency,
            queues=queues,
            tasks=side,
            grace_s=grace,
            settings=settings,
            listeners=[*self.middleware.listeners, *listeners],
            tracing=self.tracing,
        )

    def close(self) -> None:
        """Close the store, if this queue opened it."""
        with self._lock:
            if self._store is not None and not isinstance(self._url, Store):
                self._store.close()
                self._store = None
