"""Between a job's headers and OpenTelemetry's contexts.

Always by W3C Trace Context and Baggage, whatever `OTEL_PROPAGATORS` says in one process: a job is
read by workers that another environment started.
"""

import os

from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context, get_current
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from queuectl_store import Trace, carried

_TRACE, _BAGGAGE = TraceContextTextMapPropagator(), W3CBaggagePropagator()


def context_of(headers: dict[str, str]) -> Context:
    """Return the context that *headers* name; nothing of the current one is in it."""
    return _BAGGAGE.extract(headers, _TRACE.extract(headers, Context()))


def context_of_job(trace: Trace | None) -> Context:
    """Return the context of what asked for a job; an empty one for None."""
    return context_of(trace.headers() if trace is not None else {})


def surrounding() -> Context:
    """Return the current context, or where it has no span that of this process's variables.

    So what a job's command enqueues belongs to the trace of its run.
    """
    if get_current_span().get_span_context().is_valid:
        return get_current()
    headers = carried(os.environ)
    return context_of(headers) if headers else get_current()


def trace_of(context: Context) -> Trace | None:
    """Return *context* as what travels with a job; None where it has no span."""
    headers: dict[str, str] = {}
    _TRACE.inject(headers, context)
    _BAGGAGE.inject(headers, context)
    # By way of what is checked at an enqueue: baggage may be longer than what is passed on.
    usable = carried({name.upper(): text for name, text in headers.items()})
    return Trace(**usable) if usable else None
