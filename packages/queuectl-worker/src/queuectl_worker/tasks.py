"""Functions as tasks: what `@queue.task` makes of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import update_wrapper
from inspect import iscoroutinefunction
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, Unpack

from queuectl_store import Claim, Job, NewJob, Task
from queuectl_store.alike import doing
from queuectl_store.enqueue.mould import Arguments, Mould
from queuectl_worker.errors import InvalidTask, UnknownTask
from queuectl_worker.middleware import Chain
from queuectl_worker.options import JobOptions, Options
from queuectl_worker.payload import Signature
from queuectl_worker.queued import QueuedJob

P = ParamSpec("P")
R = TypeVar("R")


class Sender(Protocol):
    """What puts jobs into a store: a `Queue`."""

    def send(self, jobs: Iterable[NewJob], *, session: Any = None) -> list[QueuedJob]:
        """Store *jobs*, in the transaction of *session* if one is given."""
        ...

    async def send_async(self, jobs: Iterable[NewJob], *, session: Any = None) -> list[QueuedJob]:
        """Store *jobs* without blocking the event loop."""
        ...

    @property
    def takes_calls(self) -> bool:
        """Nobody has to see each job before it is stored: `send_calls` will do."""
        ...

    def send_calls(self, mould: Mould, calls: Sequence[Arguments]) -> list[QueuedJob]:
        """Store jobs that differ in their arguments alone."""
        ...

    async def send_calls_async(self, mould: Mould, calls: Sequence[Arguments]) -> list[QueuedJob]:
        """Store such jobs without blocking the event loop."""
        ...

    @property
    def default_queue(self) -> str:
        """The queue of jobs that name none."""
        ...

    @property
    def middleware(self) -> Chain:
        """What goes around its tasks."""
        ...


class TaskFunction(Generic[P, R]):
    """A function that can be called here and enqueued for a worker.

    Attributes:
        name: Under which its jobs are stored; it does not depend on where the function lives.
        aliases: Former names, under which jobs may still wait.
        is_coroutine: It is an `async def`.
    """

    def __init__(
        self,
        function: Callable[P, R],
        sender: Sender,
        *,
        name: str,
        aliases: tuple[str, ...],
        options: Options,
    ) -> None:
        update_wrapper(self, function)
        self.function, self.name, self.aliases = function, name, aliases
        self.signature = Signature(function, name)
        self.is_coroutine = iscoroutinefunction(function)
        self._sender, self._options = sender, options
        self._usual: BoundTask[P] = BoundTask(self, options, sender, None)

    def __repr__(self) -> str:
        return f"<task {self.name}>"

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the function here and now."""
        return self.function(*args, **kwargs)

    @property
    def middleware(self) -> Chain:
        """What goes around its attempts."""
        return self._sender.middleware

    def options(self, *, session: Any = None, **options: Unpack[JobOptions]) -> "BoundTask[P]":
        """Return the task with other options for what is enqueued by it.

        Args:
            session: A SQLAlchemy Session or Connection of the same database: the job is
                stored in its transaction, and rolled back with it.
            options: See `Options`.

        Raises:
            InvalidTask: There is no option of that name.
        """
        return BoundTask(self, self._options.but(**options), self._sender, session)

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> QueuedJob:
        """Store a job that calls the function with these arguments.

        Raises:
            InvalidArguments: They do not fit the signature, or JSON cannot carry them.
            StoreError: The store cannot take it.
        """
        return self._usual.enqueue(*args, **kwargs)

    def enqueue_many(self, calls: Iterable[Mapping[str, Any]]) -> list[QueuedJob]:
        """Store a job for each mapping of keyword arguments, all in one transaction or none."""
        return self._usual.enqueue_many(calls)

    async def enqueue_async(self, *args: P.args, **kwargs: P.kwargs) -> QueuedJob:
        """Store a job as `enqueue` does, without blocking the event loop."""
        return await self._usual.enqueue_async(*args, **kwargs)

    async def enqueue_many_async(self, calls: Iterable[Mapping[str, Any]]) -> list[QueuedJob]:
        """Store jobs as `enqueue_many` does, without blocking the event loop."""
        return await self._usual.enqueue_many_async(calls)

    def job(self, options: Options, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> NewJob:
        """Return the job of one call.

        Raises:
            InvalidArguments: The arguments do not fit.
        """
        return options.new_job(self.work(args, kwargs), queue=self._sender.default_queue)

    def settled(self, job: Job) -> Job:
        """Return *job*, one of this task, with what its caller left to the task."""
        return self._options.filled_into(job)

    def work(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Task:
        """Return the call as a job carries it.

        Raises:
            InvalidArguments: The arguments do not fit.
        """
        packed_args, packed_kwargs = self.signature.pack(args, kwargs)
        return Task(name=self.name, args=packed_args, kwargs=packed_kwargs)


class BoundTask(Generic[P]):
    """A task with options of its own; what `options` returns."""

    def __init__(
        self, task: TaskFunction[P, Any], options: Options, sender: Sender, session: Any
    ) -> None:
        self._task, self._options, self._sender = task, options, sender
        self._session = session
        self._is_bound = options.bind
        self._mould: Mould | None = None

    def enqueue(self, *args: P.args, **kwargs: P.kwargs) -> QueuedJob:
        """Store a job; see `TaskFunction.enqueue`."""
        if self._takes_calls:
            call = self._task.signature.pack(args, kwargs)
            return self._sender.send_calls(self._current_mould(), [call])[0]
        job = self._task.job(self._options, args, kwargs)
        return self._sender.send([job], session=self._session)[0]

    def enqueue_many(self, calls: Iterable[Mapping[str, Any]]) -> list[QueuedJob]:
        """Store a job for each mapping of keyword arguments, all in one transaction or none."""
        packed = [self._task.signature.pack((), call) for call in calls]
        if packed and self._takes_calls:
            return self._sender.send_calls(self._current_mould(), packed)
        return self._sender.send(self._jobs(packed), session=self._session)

    async def enqueue_async(self, *args: P.args, **kwargs: P.kwargs) -> QueuedJob:
        """Store a job without blocking the event loop; a session may be asyncio's."""
        if self._takes_calls:
            call = self._task.signature.pack(args, kwargs)
            return (await self._sender.send_calls_async(self._current_mould(), [call]))[0]
        job = self._task.job(self._options, args, kwargs)
        return (await self._sender.send_async([job], session=self._session))[0]

    async def enqueue_many_async(self, calls: Iterable[Mapping[str, Any]]) -> list[QueuedJob]:
        """Store jobs as `enqueue_many` does; a session may be asyncio's."""
        packed = [self._task.signature.pack((), call) for call in calls]
        if packed and self._takes_calls:
            return await self._sender.send_calls_async(self._current_mould(), packed)
        return await self._sender.send_async(self._jobs(packed), session=self._session)

    def _jobs(self, calls: Sequence[Arguments]) -> list[NewJob]:
        if not calls:
            return []
        works = [
            Task(name=self._task.name, args=tuple(args), kwargs=given) for args, given in calls
        ]
        first = self._options.new_job(works[0], queue=self._sender.default_queue)
        return [doing(work, first) for work in works]

    @property
    def _takes_calls(self) -> bool:
        # In a caller's transaction each job is asked of by the caller's own connection.
        return not self._is_bound and self._session is None and self._sender.takes_calls

    def _current_mould(self) -> Mould:
        """Return what the jobs share; made anew where a mapping of the caller's has changed.

        Raises:
            InvalidTask, InvalidJob: They cannot be stored.
        """
        given, mould = self._options, self._mould
        if mould is None or mould.new.tags != given.tags or mould.new.resources != given.resources:
            work, queue = Task(name=self._task.name), self._sender.default_queue
            options = replace(given, tags=dict(given.tags), resources=dict(given.resources))
            mould = self._mould = Mould(options.new_job(work, queue=queue))
        return mould


class Registry:
    """The tasks of one program, by name and by former names."""

    def __init__(self) -> None:
        self._tasks: dict[str, TaskFunction[Any, Any]] = {}

    def add(self, task: TaskFunction[Any, Any]) -> None:
        """Register *task*.

        Raises:
            InvalidTask: Another task has one of its names.
        """
        for name in (task.name, *task.aliases):
            if (other := self._tasks.get(name)) is not None:
                raise InvalidTask(
                    f"two tasks are named {name!r}: {_place(other)} and {_place(task)};"
                    " give one of them name=…"
                )
        self._tasks.update((name, task) for name in (task.name, *task.aliases))

    def find(self, name: str) -> TaskFunction[Any, Any]:
        """Return the task of that name.

        Raises:
            UnknownTask: There is none.
        """
        if name not in self._tasks:
            raise UnknownTask(f"no task named {name!r} is registered here")
        return self._tasks[name]

    def settled(self, claim: Claim) -> Claim:
        """Return *claim* with what its caller left to its task; a foreign one as it is."""
        job = claim.job
        if not (job.left_to_task and isinstance(job.work, Task) and job.work.name in self._tasks):
            return claim
        return claim._replace(job=self._tasks[job.work.name].settled(job))

    def __contains__(self, name: str) -> bool:
        return name in self._tasks

    def __iter__(self) -> Any:
        return iter(dict.fromkeys(self._tasks.values()))

    def __len__(self) -> int:
        return len(set(map(id, self._tasks.values())))


def _place(task: TaskFunction[Any, Any]) -> str:
    code = getattr(task.function, "__code__", None)
    where = f"{code.co_filename}:{code.co_firstlineno}" if code else "somewhere"
    return f"{getattr(task.function, '__qualname__', task.name)} ({where})"
