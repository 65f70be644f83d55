"""The spans of enqueues and of the attempts of tasks."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import (
    Link,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    TracerProvider,
    get_current_span,
    get_tracer,
    set_span_in_context,
)

from queuectl_store import Job, JobId, NewJob
from queuectl_store import __version__ as version
from queuectl_worker.context import Context as RunContext
from queuectl_worker.executors.calling import ending_of
from queuectl_worker.executors.protocol import Executor
from queuectl_worker.otel import naming
from queuectl_worker.otel.carrying import context_of_job, surrounding, trace_of
from queuectl_worker.otel.commands import TracedCommands
from queuectl_worker.tracing import Sending, Tracing


class OpenTelemetry(Tracing):
    """Makes a producer span of each enqueue and a consumer span of each attempt.

    An attempt's span is a child of the enqueue's and linked to it; each retry is another child.
    What a task enqueues is a child of its attempt. A command finds its own span's context in
    TRACEPARENT.

    Args:
        tracer_provider: None is the global one, which may be set later.
    """

    def __init__(self, *, tracer_provider: TracerProvider | None = None) -> None:
        self._tracer = get_tracer(
            "queuectl_worker", version, tracer_provider, schema_url=naming.SCHEMA_URL
        )

    @contextmanager
    def sending(self, jobs: Sequence[NewJob]) -> Iterator[Sending]:
        """Follow the enqueue of *jobs* by one span, whose context each of them carries."""
        context = surrounding()
        span = self._tracer.start_span(
            naming.send_name(jobs),
            context,
            kind=SpanKind.PRODUCER,
            attributes=naming.send_attributes(jobs),
        )
        with _ended(span, set_span_in_context(span, context)):
            trace = trace_of(set_span_in_context(span, context))
            yield Sending(
                jobs=[replace(job, trace=trace) if job.trace is None else job for job in jobs],
                stored=lambda ids: _name_the_one(span, ids),
            )

    @contextmanager
    def attempt(self, context: RunContext) -> Iterator[None]:
        """Follow the attempt of a task by a span, which is the current one in its body."""
        parent = context_of_job(context.job.trace)
        span = start_attempt(self._tracer, context.job, parent)
        with _ended(span, set_span_in_context(span, parent)):
            yield
            span.set_attribute("queuectl.outcome", "succeeded")

    def around(self, commands: Executor) -> Executor:
        """Follow the runs of commands."""
        return TracedCommands(
            commands, lambda job, parent: start_attempt(self._tracer, job, parent)
        )


def start_attempt(tracer: Tracer, job: Job, parent: Context) -> Span:
    """Start the span of an attempt of *job*, whose enqueue was in *parent*."""
    sent = get_current_span(parent).get_span_context()
    return tracer.start_span(
        naming.process_name(job),
        parent,
        kind=SpanKind.CONSUMER,
        attributes=naming.process_attributes(job),
        links=[Link(sent)] if sent.is_valid else [],
    )


@contextmanager
def _ended(span: Span, context: Context) -> Iterator[None]:
    """Make *context* the current one of the block, and end *span* after it, as the block did."""
    token = attach(context)
    try:
        yield
    except BaseException as error:
        _tell(span, error)
        raise
    finally:
        detach(token)
        span.end()


def _tell(span: Span, error: BaseException) -> None:
    """Say on *span* what *error* makes of the attempt; to be snoozed or stopped is no error."""
    if not isinstance(error, Exception):
        # An asyncio cancellation, or what the thread executor raises in a task that must end.
        span.set_attribute("queuectl.outcome", "stopped")
        return
    ending = ending_of(error)
    span.set_attribute("queuectl.outcome", naming.outcome(ending))
    if naming.is_error(ending):
        span.record_exception(error)
        span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {error}"))
        span.set_attribute("error.type", naming.error_type(ending))


def _name_the_one(span: Span, ids: Sequence[JobId]) -> None:
    if len(ids) == 1:
        span.set_attribute("messaging.message.id", str(ids[0]))
