"""Traces by OpenTelemetry: from an enqueue through the attempts to what those enqueue."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from opentelemetry import baggage, context
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import messaging_attributes as messaging
from opentelemetry.semconv._incubating.attributes import process_attributes as process
from opentelemetry.semconv.attributes import error_attributes
from opentelemetry.semconv.schemas import Schemas
from opentelemetry.trace import SpanKind, StatusCode, get_current_span

from queuectl_store import Argv, InvalidJob, NewJob, Shell, Task, Trace
from queuectl_worker import (
    Context,
    GiveUp,
    LogFolder,
    Middleware,
    Queue,
    Snooze,
    log_root,
)
from queuectl_worker.otel import OpenTelemetry, naming
from queuectl_worker.retry import Exited
from queuectl_worker.testing import drain
from tests.waiting import eventually


@pytest.fixture
def provider() -> Iterator[TracerProvider]:
    provider = TracerProvider()
    yield provider
    provider.shutdown()


@pytest.fixture
def ended(provider: TracerProvider) -> Callable[[], Sequence[ReadableSpan]]:
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return exporter.get_finished_spans


@pytest.fixture
def queue(sqlite_url: str, provider: TracerProvider) -> Iterator[Queue]:
    queue = Queue(sqlite_url, tracing=OpenTelemetry(tracer_provider=provider))
    yield queue
    queue.close()


def burst(queue: Queue) -> None:
    """Run what there is in a worker, threads, guardian and all."""
    queue.worker(concurrency=2, settings={"backoff_max": "50ms"}).run(burst=True)


def named(spans: Sequence[ReadableSpan], name: str) -> list[ReadableSpan]:
    return sorted((s for s in spans if s.name == name), key=lambda s: s.start_time or 0)


def facts(span: ReadableSpan) -> Mapping[str, Any]:
    return span.attributes or {}


def ids(span: ReadableSpan) -> tuple[int, int]:
    assert span.context is not None
    return span.context.trace_id, span.context.span_id


def parent(span: ReadableSpan) -> tuple[int, int] | None:
    return None if span.parent is None else (span.parent.trace_id, span.parent.span_id)


def test_a_task_that_enqueues_another_makes_one_trace(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    @queue.task(queue="mail")
    def parent_task() -> None:
        child_task.enqueue()

    @queue.task(queue="video")
    def child_task() -> None: ...

    job = parent_task.enqueue()
    burst(queue)

    [sent], [ran] = named(ended(), "send mail"), named(ended(), "process mail")
    [sent_on], [ran_on] = named(ended(), "send video"), named(ended(), "process video")
    assert [parent(each) for each in (sent, ran, sent_on, ran_on)] == [
        *(None, ids(sent), ids(ran), ids(sent_on)),
    ]
    kinds = [each.kind for each in (sent, ran, sent_on, ran_on)]
    assert kinds == [SpanKind.PRODUCER, SpanKind.CONSUMER] * 2
    assert [(link.context.trace_id, link.context.span_id) for link in ran.links] == [ids(sent)]
    assert facts(ran) == {
        "messaging.system": "queuectl",
        "messaging.operation.type": "process",
        "messaging.operation.name": "process",
        "messaging.destination.name": "mail",
        "messaging.message.id": str(job.id),
        "queuectl.job.attempt": 1,
        "queuectl.job.attempts_left": 3,
        "queuectl.job.max_retries": 3,
        "queuectl.task": "parent_task",
        "queuectl.worker.id": 1,
        "queuectl.outcome": "succeeded",
    }
    assert facts(sent)["messaging.message.id"] == str(job.id)
    trace = queue.store.reader.get(job.id).trace
    assert trace is not None
    assert int(trace.trace_id, 16) == ids(sent)[0]


def test_each_retry_is_a_span_of_its_own_with_its_error(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    @queue.task(max_retries=1, backoff_base=1)
    def work() -> None:
        raise ValueError("no such file")

    work.enqueue()
    burst(queue)

    [sent] = named(ended(), "send default")
    attempts = named(ended(), "process default")
    assert [parent(each) for each in attempts] == [ids(sent), ids(sent)]
    told = ("queuectl.job.attempt", "queuectl.job.attempts_left", "queuectl.outcome", "error.type")
    assert [tuple(facts(each)[name] for name in told) for each in attempts] == [
        (1, 1, "failed", "ValueError"),
        (2, 0, "failed", "ValueError"),
    ]
    assert {each.status.status_code for each in attempts} == {StatusCode.ERROR}
    assert attempts[0].events[0].name == "exception"


@pytest.mark.parametrize(
    ("wish", "outcome", "is_error"),
    [(Snooze(for_=3600), "snoozed", False), (GiveUp("no customer"), "gave_up", True)],
)
def test_what_a_task_asks_for_is_told(
    queue: Queue,
    ended: Callable[[], Sequence[ReadableSpan]],
    wish: Exception,
    outcome: str,
    is_error: bool,
) -> None:
    @queue.task
    def work() -> None:
        raise wish

    work.enqueue()
    drain(queue)

    [ran] = named(ended(), "process default")
    assert facts(ran)["queuectl.outcome"] == outcome
    assert (ran.status.status_code is StatusCode.ERROR) == is_error


def test_the_span_is_the_current_one_in_the_body_and_baggage_comes_along(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    seen: list[object] = []

    @queue.task
    def work() -> None:
        get_current_span().set_attribute("shop.order", 7)
        seen.append(baggage.get_baggage("customer"))

    token = context.attach(baggage.set_baggage("customer", "alice"))
    try:
        work.enqueue()
    finally:
        context.detach(token)
    drain(queue)

    [ran] = named(ended(), "process default")
    assert (facts(ran)["shop.order"], seen) == (7, ["alice"])
    assert not get_current_span().get_span_context().is_valid


def test_a_coroutine_is_followed_too(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    @queue.task
    async def work() -> None:
        get_current_span().set_attribute("shop.order", 7)

    work.enqueue()
    burst(queue)

    [ran] = named(ended(), "process default")
    assert facts(ran)["shop.order"] == 7


def test_it_is_outside_of_all_middleware(
    sqlite_url: str, provider: TracerProvider, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    class Marks(Middleware):
        def attempt(self, context: Context) -> Any:
            get_current_span().set_attribute("shop.tenant", "a")
            return super().attempt(context)

    queue = Queue(sqlite_url, middleware=[Marks()], tracing=OpenTelemetry(tracer_provider=provider))
    queue.task(_nothing).enqueue()
    drain(queue)
    queue.close()

    [ran] = named(ended(), "process default")
    assert facts(ran)["shop.tenant"] == "a"


def _nothing() -> None: ...


@pytest.mark.not_on("win32")
def test_many_at_once_are_one_span(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    @queue.task
    def work(n: int) -> None: ...

    work.enqueue_many({"n": n} for n in range(3))
    queue.send([NewJob(work=Shell(script="true"), queue=each) for each in ("a", "b")])
    burst(queue)

    [sent], [mixed] = named(ended(), "send default"), named(ended(), "send")
    assert facts(sent)["messaging.batch.message_count"] == 3
    assert "messaging.message.id" not in facts(sent)
    assert "messaging.destination.name" not in facts(mixed)
    assert len(named(ended(), "process default")) == 3
    assert {parent(each) for each in named(ended(), "process default")} == {ids(sent)}


def test_an_enqueue_that_is_refused_is_an_error(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    with pytest.raises(InvalidJob):
        queue.send([NewJob(work=Shell(script="true"), queue="no name")])

    [sent] = named(ended(), "send no name")
    assert sent.status.status_code is StatusCode.ERROR
    assert facts(sent)["error.type"] == "InvalidJob"


def test_a_callers_own_transaction_carries_it_too(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]], sqlite_url: str
) -> None:
    work = queue.task(_nothing)
    assert queue.store.reader.now_ms()
    engine = sa.create_engine(sqlite_url)

    with engine.begin() as connection:
        work.options(session=connection).enqueue()
    drain(queue)
    engine.dispose()

    [sent], [ran] = named(ended(), "send default"), named(ended(), "process default")
    assert parent(ran) == ids(sent)


def test_a_job_that_brings_its_own_context_keeps_it(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    own = Trace(traceparent=f"00-{'a' * 32}-{'b' * 16}-01", tracestate="k=v")
    [job] = queue.send([NewJob(work=Shell(script="true"), trace=own)])

    assert queue.store.reader.get(job.id).trace == own


@pytest.mark.not_on("win32")
def test_a_command_finds_its_own_span(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    [job] = queue.send([NewJob(work=Shell(script="echo $TRACEPARENT; exit 3"), max_retries=0)])
    burst(queue)

    [sent], [ran] = named(ended(), "send default"), named(ended(), "process default")
    assert output_of(queue, job.id).startswith(f"00-{ids(ran)[0]:032x}-{ids(ran)[1]:016x}-")
    assert parent(ran) == ids(sent)
    told = {
        "queuectl.outcome": "failed",
        "process.exit.code": 3,
        "error.type": "exit_code_3",
        "messaging.message.id": str(job.id),
    }
    assert told.items() <= facts(ran).items()
    assert (ran.status.status_code, ran.status.description) == (StatusCode.ERROR, "exit code 3")
    assert [event.name for event in ran.events] == ["started"]


def output_of(queue: Queue, job_id: int) -> str:
    attempt = queue.store.reader.attempts(job_id)[-1]
    logs = LogFolder(log_root(queue.store, None))
    name = logs.name(job_id, attempt.token, attempt.started_at or 0)
    return Path(name).read_text()


@pytest.mark.not_on("win32")
def test_a_command_that_succeeds_and_one_that_cannot_start(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    queue.send([NewJob(work=Argv(argv=("true",)), queue="good")])
    queue.send([NewJob(work=Argv(argv=("no-such-program",)), queue="bad", max_retries=0)])
    burst(queue)

    [good], [bad] = named(ended(), "process good"), named(ended(), "process bad")
    assert (facts(good)["queuectl.outcome"], good.status.status_code) == (
        "succeeded",
        StatusCode.UNSET,
    )
    assert facts(bad)["error.type"] == "cannot_start"


@pytest.mark.not_on("win32")
def test_a_command_that_a_person_stops_is_no_error_and_its_span_ends(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]], tmp_path: Path
) -> None:
    [job] = queue.send([NewJob(work=Shell(script=f"touch {tmp_path}/on; sleep 300"))])
    worker = queue.worker(concurrency=1, grace=0)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        eventually((tmp_path / "on").exists, within=30, what="the start")
        queue.store.admin.cancel([job.id])
        eventually(lambda: named(ended(), "process default"), within=30, what="the span's end")
    finally:
        worker.stop(now=True)
        thread.join(30)

    [ran] = named(ended(), "process default")
    assert facts(ran)["queuectl.outcome"] == "stopped"
    assert ran.status.status_code is StatusCode.UNSET


def test_a_job_of_nobody_begins_a_trace(
    queue: Queue, ended: Callable[[], Sequence[ReadableSpan]]
) -> None:
    """As those of schedules, and those that a program without tracing enqueued."""
    queue.task(_nothing)
    queue.store.enqueue([NewJob(work=Task(name="_nothing"))])
    drain(queue)

    [ran] = named(ended(), "process default")
    assert (parent(ran), ran.links) == (None, ())


def test_without_an_sdk_nothing_is_stored_and_all_runs(sqlite_url: str) -> None:
    queue = Queue(sqlite_url, tracing=OpenTelemetry())
    job = queue.task(_nothing).enqueue()

    done = drain(queue)

    assert (done.succeeded, queue.store.reader.get(job.id).trace) == (1, None)
    queue.close()


def test_a_process_that_belongs_to_a_trace_goes_on_in_it(
    queue: Queue,
    ended: Callable[[], Sequence[ReadableSpan]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A job's command that is a program with a queue of its own."""
    monkeypatch.setenv("TRACEPARENT", f"00-{'a' * 32}-{'b' * 16}-01")
    queue.task(_nothing).enqueue()

    [sent] = named(ended(), "send default")

    assert parent(sent) == (int("a" * 32, 16), int("b" * 16, 16))


def test_the_names_are_those_of_the_conventions() -> None:
    used = {
        *naming.send_attributes([NewJob(work=Shell(script="true"))]),
        *naming.send_attributes([NewJob(work=Shell(script="true"))] * 2),
        *("messaging.message.id", "process.exit.code", "error.type"),
    }
    known = {
        value
        for module in (messaging, process, error_attributes)
        for value in vars(module).values()
        if isinstance(value, str)
    }

    assert {name for name in used if not name.startswith("queuectl.")} <= known
    assert naming.SCHEMA_URL in {schema.value for schema in Schemas}
    assert naming.error_type(Exited(code=2)) == "exit_code_2"


ALONE = """
import sys
from queuectl_worker import Queue
from queuectl_worker.testing import drain

queue = Queue(sys.argv[1])

@queue.task
def work(): ...

work.enqueue()
assert drain(queue).succeeded == 1
print(sorted(name for name in sys.modules if name.startswith("opentelemetry")))
"""

WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
try:
    import queuectl_worker.otel
except ImportError as error:
    print(error)
"""


def test_a_program_that_does_not_trace_imports_nothing_of_it(sqlite_url: str) -> None:
    assert printed(ALONE, sqlite_url) == "[]\n"


def test_who_lacks_the_extra_is_told_its_name() -> None:
    assert "install the extra, queuectl-worker[otel]" in printed(WITHOUT)


def printed(program: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *words], capture_output=True, text=True, check=True
    )
    return done.stdout
