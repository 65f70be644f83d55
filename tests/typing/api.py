"""The public types, as a caller's type checker sees them. Checked, never run."""

from contextlib import AbstractContextManager, nullcontext
from typing import assert_type

from opentelemetry.trace import TracerProvider

from queuectl_store import (
    Finish,
    Hook,
    HookOn,
    HookRule,
    Job,
    JobId,
    NewHook,
    NewJob,
    Store,
    connect,
    webhook_job,
)
from queuectl_worker import (
    Context,
    ExecutorFactory,
    ExitReason,
    JobEnded,
    Middleware,
    OnNews,
    Queue,
    QueuedJob,
    Tracing,
    journal,
)
from queuectl_worker.otel import OpenTelemetry
from queuectl_worker.tasks import BoundTask, TaskFunction
from queuectl_worker.testing import enqueued

queue = Queue("sqlite:///jobs.db")


@queue.task
def add(a: int, b: int = 2) -> int:
    return a + b


@queue.task(max_retries=5, timeout=30)
def thumbnail(path: str, width: int = 200) -> str:
    return f"{path}-{width}"


@queue.task
async def fetch(url: str) -> bytes:
    return url.encode()


def enqueueing() -> None:
    assert_type(add(1), int)
    assert_type(add.enqueue(1, b=2), QueuedJob)
    assert_type(thumbnail.options(delay="10m").enqueue("a", width=64), QueuedJob)
    assert_type(thumbnail.enqueue_many([{"path": "a"}]), list[QueuedJob])
    add.enqueue("x")  # type: ignore[arg-type]
    thumbnail.enqueue("a", height=1)  # type: ignore[call-arg]


def looking(job: QueuedJob) -> None:
    assert_type(job.wait(timeout=60), QueuedJob)
    assert_type(job.id, JobId)
    assert_type(job.facts, Job)


async def waiting(job: QueuedJob) -> None:
    assert_type(await job.wait_async(60), QueuedJob)
    assert_type(await add.enqueue_async(1, b=2), QueuedJob)
    assert_type(await thumbnail.options(delay=3).enqueue_async("a"), QueuedJob)
    assert_type(await thumbnail.enqueue_many_async([{"path": "a"}]), list[QueuedJob])
    await add.enqueue_async("x")  # type: ignore[arg-type]


def working() -> None:
    assert_type(queue.worker(concurrency=8, executor="thread").run(burst=True), ExitReason)
    with queue.worker(concurrency=2) as worker:
        worker.stop(now=True)
    queue.worker(executor="fork")  # type: ignore[arg-type]


class Tenant(Middleware):
    def enqueue(self, job: NewJob) -> NewJob:
        return job

    def attempt(self, context: Context) -> AbstractContextManager[object]:
        return nullcontext()

    def ended(self, event: JobEnded) -> None:
        assert_type(event.finish, Finish)


def going_around(listener: OnNews, factory: ExecutorFactory) -> None:
    around = Queue("jobs.db", middleware=[Tenant()])
    Queue("jobs.db", middleware=[Tenant])  # type: ignore[list-item]
    around.worker(executor=factory, listeners=[listener])


def following(provider: TracerProvider) -> None:
    traced = Queue("jobs.db", tracing=OpenTelemetry(tracer_provider=provider))
    assert_type(traced.tracing, Tracing | None)
    Queue("jobs.db", tracing=Tenant())  # type: ignore[arg-type]
    traced.worker(listeners=[journal.tell])


def hooking(store: Store) -> None:
    rule = HookRule(on=frozenset({HookOn.DEAD}))
    hook = store.hooks.add(NewHook(name="pager", rule=rule, job=webhook_job(), url="https://a.b/"))
    assert_type(hook, Hook)
    assert_type(store.hooks.test("pager"), JobId)


def storing() -> None:
    with connect("queue.db") as store:
        assert_type(store, Store)
        assert_type(store.enqueue([]), list[JobId])


def taking(task: TaskFunction[[int, int], int], bound: BoundTask[[str]]) -> None:
    assert_type(task.enqueue(1, 2), QueuedJob)
    assert_type(bound.enqueue("a"), QueuedJob)


@queue.task(name="mail.send", queue="mail", priority="high", unique_for="1h", unique="mail")
def send(to: str) -> None: ...


@queue.task(timout=3)  # type: ignore[call-overload, untyped-decorator]
def misspelt() -> None: ...


def relating(job: QueuedJob) -> None:
    assert_type(add.options(after=job, after_any=[1, job], group="night").enqueue(1), QueuedJob)
    add.options(on_dep_failure="hold", on_duplicate="reject", unique="k", slots=2, name="sum")
    add.options(resources={"gpu": 1}, concurrency_key="alice", tags={"k": "v"})
    add.options(dealy=3)  # type: ignore[call-arg]
    add.options(priority="urgent")  # type: ignore[arg-type]
    add.options(on_duplicate="ignore")  # type: ignore[arg-type]


@queue.task
def report(n: int, context: Context | None = None) -> int:
    return n if context is None else context.attempt


def testing() -> None:
    assert_type(report.enqueue(1), QueuedJob)
    assert_type(enqueued(queue, thumbnail), list[QueuedJob])
