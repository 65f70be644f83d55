"""Traces by OpenTelemetry: a span an enqueue and a span an attempt. Needs the extra `otel`.

    queue = Queue("sqlite:///jobs.db", tracing=OpenTelemetry())

Attributes and names follow the semantic conventions for messaging, version 1.44.0 (decision 28).
"""

try:
    import opentelemetry.trace  # noqa: F401  # only asks whether it is there
except ImportError as error:
    raise ImportError(
        "tracing needs OpenTelemetry: install the extra, queuectl-worker[otel]"
    ) from error

from queuectl_worker.otel.spans import OpenTelemetry

__all__ = ["OpenTelemetry"]
