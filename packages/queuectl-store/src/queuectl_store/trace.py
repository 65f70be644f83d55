"""Which distributed trace a job belongs to."""

from queuectl_store.carrier import BAGGAGE, TRACEPARENT, TRACESTATE
from queuectl_store.values import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The distributed trace that a job belongs to, as the headers of W3C Trace Context."""

    traceparent: str
    tracestate: str | None = None
    baggage: str | None = None

    @property
    def trace_id(self) -> str:
        """The id of the whole trace: 32 hexadecimal digits."""
        return self.traceparent.split("-")[1]

    def headers(self) -> dict[str, str]:
        """Return those that there are, by name."""
        named = {
            TRACEPARENT: self.traceparent,
            TRACESTATE: self.tracestate,
            BAGGAGE: self.baggage,
        }
        return {name: text for name, text in named.items() if text is not None}
