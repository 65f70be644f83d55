"""Middleware: around the enqueue and the attempt, in order, and told of the end."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

import pytest
import sqlalchemy as sa

from queuectl_store import JobFilter, JobState, NewJob, Shell, Store, Succeeded
from queuectl_worker import (
    Context,
    GiveUp,
    JobEnded,
    JobFailed,
    JobStarted,
    Middleware,
    News,
    Queue,
)
from queuectl_worker.testing import drain, inline, temporary_store

REQUEST: ContextVar[str] = ContextVar("request", default="nobody's")


@pytest.fixture
def store() -> Iterator[Store]:
    with temporary_store() as store:
        yield store


class Marks(Middleware):
    """Says on a list when it is passed."""

    def __init__(self, name: str, said: list[str]) -> None:
        self.name, self.said = name, said

    def enqueue(self, job: NewJob) -> NewJob:
        self.said.append(f"{self.name} enqueue")
        return replace(job, tags={**job.tags, self.name: "was here"})

    @contextmanager
    def attempt(self, context: Context) -> Iterator[None]:
        self.said.append(f"{self.name} in")
        try:
            yield
        finally:
            self.said.append(f"{self.name} out")

    def ended(self, event: JobEnded) -> None:
        self.said.append(f"{self.name} {type(event.finish.outcome).__name__}")


def test_the_first_one_is_outermost(store: Store) -> None:
    said: list[str] = []
    queue = Queue(store, middleware=[Marks("a", said), Marks("b", said)])

    @queue.task
    def work() -> None:
        said.append("work")

    job = work.enqueue()
    drain(queue)

    assert said == [
        *("a enqueue", "b enqueue"),
        *("a in", "b in", "work", "b out", "a out"),
        *("a Succeeded", "b Succeeded"),
    ]
    assert job.refresh().facts.tags == {"a": "was here", "b": "was here"}


@pytest.mark.parametrize("is_coroutine", [False, True])
def test_a_worker_enters_it_where_the_task_runs_and_tells_it_the_end(
    store: Store, *, is_coroutine: bool
) -> None:
    ends: list[JobEnded] = []

    class Request(Middleware):
        @contextmanager
        def attempt(self, context: Context) -> Iterator[None]:
            token = REQUEST.set(f"{threading.current_thread().name} {context.job.id}")
            try:
                yield
            finally:
                REQUEST.reset(token)

        def ended(self, event: JobEnded) -> None:
            ends.append(event)

    queue = Queue(store, middleware=[Request()])

    def plain() -> list[str]:
        return [REQUEST.get(), threading.current_thread().name]

    async def coroutine() -> list[str]:
        await asyncio.sleep(0)
        return plain()

    job = queue.task(name="work")(coroutine if is_coroutine else plain).enqueue()

    queue.worker(concurrency=2).run(burst=True)

    request, thread = job.refresh().result
    assert request == f"{thread} {job.id}"
    (end,) = ends
    assert (end.finish.claim.job.id, type(end.finish.outcome)) == (job.id, Succeeded)


def test_a_command_of_the_queue_is_enqueued_and_ended_through_it(store: Store) -> None:
    said: list[str] = []
    queue = Queue(store, middleware=[Marks("a", said)])

    (job,) = queue.send([NewJob(work=Shell(script="true"))])
    queue.worker(concurrency=2).run(burst=True)

    assert said == ["a enqueue", "a Succeeded"]
    assert job.refresh().facts.tags == {"a": "was here"}


def test_what_it_raises_refuses_the_whole_call(store: Store) -> None:
    class Quota(Middleware):
        def enqueue(self, job: NewJob) -> NewJob:
            if job.name == "too much":
                raise PermissionError("over the quota")
            return job

    queue = Queue(store, middleware=[Quota()])
    jobs = [NewJob(work=Shell(script="true"), name=name) for name in ("fine", "too much")]

    with pytest.raises(PermissionError, match="quota"):
        queue.send(jobs)

    assert store.reader.page(JobFilter()) == []


def test_a_job_is_changed_in_the_callers_transaction_too(store: Store) -> None:
    queue = Queue(store, middleware=[Marks("a", [])])

    @queue.task
    def work() -> None: ...

    engine = sa.create_engine(f"sqlite:///{store.path}")
    with engine.begin() as connection:
        job = work.options(session=connection).enqueue()
    engine.dispose()

    assert job.refresh().facts.tags == {"a": "was here"}


def test_one_that_forgets_to_return_the_job_is_told_so(store: Store) -> None:
    class Forgetful(Middleware):
        def enqueue(self, job: NewJob) -> NewJob:
            del job
            return None  # type: ignore[return-value]

    queue = Queue(store, middleware=[Forgetful()])

    with pytest.raises(TypeError, match=r"Forgetful\.enqueue returned None"):
        queue.send([NewJob(work=Shell(script="true"))])


def test_an_exception_in_it_is_the_attempts(store: Store) -> None:
    class Locked(Middleware):
        @contextmanager
        def attempt(self, context: Context) -> Iterator[None]:
            raise GiveUp("the tenant is locked")
            yield  # what makes it a generator

    queue = Queue(store, middleware=[Locked()])
    calls: list[int] = []

    @queue.task
    def work() -> None:
        calls.append(1)

    job = work.enqueue()
    drain(queue)

    with pytest.raises(JobFailed, match="tenant is locked"):
        _ = job.refresh().result
    assert calls == []


def test_it_sees_what_the_task_raises_and_may_swallow_it(store: Store) -> None:
    seen: list[str] = []

    class Tolerant(Middleware):
        @contextmanager
        def attempt(self, context: Context) -> Iterator[None]:
            try:
                yield
            except KeyError as error:
                seen.append(str(error))

    queue = Queue(store, middleware=[Tolerant()])

    @queue.task
    def work() -> int:
        raise KeyError("x")

    with inline(queue):
        job = work.enqueue()

    assert seen == ["'x'"]
    assert (job.state, job.result) == (JobState.SUCCEEDED, None)


def test_a_listener_hears_everything_and_its_failures_stop_nothing(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[News] = []

    def listen(news: News) -> None:
        heard.append(news)
        raise ValueError("a listener's own fault")

    queue = Queue(store)

    @queue.task
    def work() -> None: ...

    job = work.enqueue()
    queue.worker(concurrency=2, listeners=[listen]).run(burst=True)

    kinds = [type(news) for news in heard]
    assert JobStarted in kinds
    assert JobEnded in kinds
    assert job.refresh().state is JobState.SUCCEEDED
    (told, *_) = [each for each in caplog.records if each.message == "a listener failed"]
    assert told.__dict__["listener"].endswith("stop_nothing.<locals>.listen")
    assert told.__dict__["reason"] == "ValueError: a listener's own fault"


def test_a_listener_that_hangs_holds_up_no_job(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queuectl_worker.telling.LAST_WORDS_S", 0.05)
    over = threading.Event()
    queue = Queue(store)

    @queue.task
    def work() -> None: ...

    job = work.enqueue()
    try:
        queue.worker(concurrency=2, listeners=[lambda _: over.wait(60)]).run(burst=True)
    finally:
        over.set()

    assert job.refresh().state is JobState.SUCCEEDED
