"""The spans of commands: around the executor that runs them, since no code of ours runs in them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode, set_span_in_context

from queuectl_store import Claim, Job
from queuectl_worker.executors.protocol import (
    Ending,
    Executor,
    RunEnded,
    RunKey,
    RunRecalled,
    RunReport,
    RunStarted,
    Unstartable,
    key_of,
)
from queuectl_worker.otel import naming
from queuectl_worker.otel.carrying import context_of_job, trace_of
from queuectl_worker.retry import Failure, error_of

StartSpan = Callable[[Job, Context], Span]


class TracedCommands:
    """An executor that follows what another one runs.

    A span begins when the run is handed over, which for very short commands may be some
    milliseconds before it starts: its event `started` has that moment.
    """

    def __init__(self, commands: Executor, start_span: StartSpan) -> None:
        self._commands, self._start_span = commands, start_span
        self._spans: dict[RunKey, Span] = {}

    def start(self) -> None:
        """Start the executor."""
        self._commands.start()

    def submit(self, claims: Sequence[Claim]) -> None:
        """Run *claims*, each with its span's context in its environment."""
        self._commands.submit([self._begun(claim) for claim in claims])

    def recall(self, keys: Sequence[RunKey]) -> None:
        """Give back those that have not started."""
        self._commands.recall(keys)

    def stop(self, key: RunKey, *, grace_ms: int) -> None:
        """End one run."""
        self._commands.stop(key, grace_ms=grace_ms)

    def stop_all(self, *, grace_ms: int) -> None:
        """End every run."""
        self._commands.stop_all(grace_ms=grace_ms)

    def extend(self, until_ms: int) -> None:
        """Let runs go on until *until_ms*."""
        self._commands.extend(until_ms)

    def filenos(self) -> list[int]:
        """Return the executor's descriptors."""
        return self._commands.filenos()

    def receive(self) -> list[RunReport]:
        """Return the reports that wait; their spans are told."""
        reports = self._commands.receive()
        for report in reports:
            self._follow(report)
        return reports

    def close(self) -> None:
        """Close the executor, and end the spans of what it ended."""
        self._commands.close()
        for key in list(self._spans):
            self._end(key, {"queuectl.outcome": "stopped"})

    def _begun(self, claim: Claim) -> Claim:
        parent = context_of_job(claim.job.trace)
        span = self._spans[key_of(claim)] = self._start_span(claim.job, parent)
        trace = trace_of(set_span_in_context(span, parent))
        return claim._replace(job=replace(claim.job, trace=trace))

    def _follow(self, report: RunReport) -> None:
        match report:
            case RunStarted(key=key, at_ms=at_ms):
                if (span := self._spans.get(key)) is not None:
                    span.add_event("started", timestamp=at_ms * 1_000_000)
            case RunEnded(key=key, ending=ending, facts=facts):
                self._end(key, naming.end_attributes(ending, facts), ending)
            case RunRecalled(key=key):
                self._end(key, {"queuectl.outcome": "stopped"})
            case Unstartable(key=key, message=message):
                self._end(key, {"queuectl.outcome": "stopped", "queuectl.reason": message})

    def _end(self, key: RunKey, more: naming.Attributes, ending: Ending | None = None) -> None:
        if (span := self._spans.pop(key, None)) is None:
            return
        span.set_attributes(more)
        if isinstance(ending, Failure) and naming.is_error(ending):
            span.set_status(Status(StatusCode.ERROR, error_of(ending)))
        span.end()
