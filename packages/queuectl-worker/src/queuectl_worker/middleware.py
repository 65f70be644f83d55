"""What a program puts around all of its tasks: the enqueue and the attempt; told of the end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

from queuectl_store import NewJob
from queuectl_worker.context import Context
from queuectl_worker.news import JobEnded, News, OnNews


class Middleware:
    """Derive from it and write those of the three that are wanted; the others cost nothing.

    `Queue(url, middleware=[first, second])`: *first* sees a job first, and is outermost around an
    attempt.
    """

    def enqueue(self, job: NewJob) -> NewJob:
        """Return the job to store in place of *job*; raise to refuse it, with all of its call.

        Called in the program that enqueues, for what it enqueues through the queue.
        """
        return job

    def attempt(self, context: Context) -> AbstractContextManager[object]:
        """Return what is entered before the task's function is called, and left after it.

        In the thread, event loop or process that runs the task. An exception in it counts as the
        task's own; one of the task that it swallows makes the attempt a success with no result.
        """
        del context
        return nullcontext()

    def ended(self, event: JobEnded) -> None:
        """Hear that the end of a run is recorded, commands' too.

        In the worker's process, in a thread of its own, one after the other: it may take its
        time and holds up no job. What it raises is logged. Told at most once: not if the worker
        is killed before.
        """


class Chain:
    """The middleware of one queue, in order. Only what is written is ever called."""

    def __init__(self, middleware: Iterable[Middleware]) -> None:
        all_ = tuple(middleware)
        self._enqueue = tuple(each for each in all_ if _writes(each, "enqueue"))
        # Whether one has to see each job that is enqueued.
        self.sees_jobs = bool(self._enqueue)
        self._attempt = tuple(each for each in all_ if _writes(each, "attempt"))
        self.listeners: Sequence[OnNews] = tuple(
            _of_ends(each.ended) for each in all_ if _writes(each, "ended")
        )

    def enqueued(self, jobs: Sequence[NewJob]) -> list[NewJob]:
        """Return what is to be stored of *jobs*.

        Raises:
            TypeError: One did not return a job.
        """
        return [self._one(job) for job in jobs] if self._enqueue else list(jobs)

    def around(self, context: Context) -> AbstractContextManager[object]:
        """Return what goes around one attempt."""
        return self._entered(context) if self._attempt else _NOTHING

    def _one(self, job: NewJob) -> NewJob:
        for each in self._enqueue:
            job = each.enqueue(job)
            if not isinstance(job, NewJob):
                name = type(each).__name__
                raise TypeError(f"{name}.enqueue returned {job!r}; it has to return the job")
        return job

    @contextmanager
    def _entered(self, context: Context) -> Iterator[None]:
        with ExitStack() as stack:
            for each in self._attempt:
                stack.enter_context(each.attempt(context))
            yield


_NOTHING = nullcontext()


def _writes(middleware: Middleware, name: str) -> bool:
    return getattr(type(middleware), name) is not getattr(Middleware, name)


def _of_ends(ended: Callable[[JobEnded], None]) -> OnNews:
    def listen(news: News) -> None:
        if isinstance(news, JobEnded):
            ended(news)

    return listen
