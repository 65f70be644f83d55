"""The headers by which a job belongs to a distributed trace, and the variables of the same names.

W3C Trace Context and Baggage: https://www.w3.org/TR/trace-context/. In an environment they are
upper case, by OpenTelemetry's "Environment Variables as Context Propagation Carriers". Imports
nothing: the quick lane reads the variables too.
"""

from collections.abc import Mapping

TRACEPARENT, TRACESTATE, BAGGAGE = "traceparent", "tracestate", "baggage"
NAMES = (TRACEPARENT, TRACESTATE, BAGGAGE)
# What the two standards ask programs to pass on at least.
MOST = {TRACEPARENT: 55, TRACESTATE: 512, BAGGAGE: 8_192}
_HEX = frozenset("0123456789abcdef")


def carried(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that *environ* has as variables.

    None without a usable TRACEPARENT: a broken one must not keep a job from being stored.
    """
    found = {name: environ[name.upper()] for name in NAMES if name.upper() in environ}
    usable = {name: text for name, text in found.items() if problem(name, text) is None}
    return usable if TRACEPARENT in usable else {}


def problem(name: str, text: str) -> str | None:
    """Say why *text* cannot be the header *name*; None if it can."""
    if not (text.isascii() and text.isprintable() and 0 < len(text) <= MOST[name]):
        return f"{name} is 1 to {MOST[name]} printable ASCII characters"
    if name == TRACEPARENT and not _is_traceparent(text):
        return "traceparent reads 00-TRACE-PARENT-FLAGS in lower-case hexadecimal digits"
    return None


def _is_traceparent(text: str) -> bool:
    parts = text.split("-")
    if [len(part) for part in parts] != [2, 32, 16, 2] or not _HEX.issuperset("".join(parts)):
        return False
    version, trace, parent, _ = parts
    return version != "ff" and bool(trace.strip("0")) and bool(parent.strip("0"))
