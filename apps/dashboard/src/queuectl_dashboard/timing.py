"""Times as people read them, and as programs do."""

from queuectl_store.instants import moment_of

_DAY_S = 86_400


def iso(at_ms: int) -> str:
    """Write UTC milliseconds as ISO 8601."""
    stamp = moment_of(at_ms).isoformat(timespec="milliseconds")
    return stamp.replace("+00:00", "Z")


def span(ms: int) -> str:
    """Write a stretch of time in its largest units: `420 ms`, `3.2 s`, `4 min 10 s`."""
    if ms < 1000:
        return f"{max(ms, 0)} ms"
    if ms < 10_000:
        return f"{ms // 100 / 10:.1f} s"
    return whole_span(ms)


def brief(ms: float) -> str:
    """Write a stretch of time in one unit, to two digits or so: `84 ms`, `2.4 s`, `13 min`."""
    for size, unit in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1_000, "s")):
        if ms >= size:
            return f"{ms / size:.1f} {unit}" if ms < 10 * size else f"{ms / size:.0f} {unit}"
    return f"{max(ms, 0):.0f} ms"


def whole_span(ms: int) -> str:
    """Write a stretch of time to the second."""
    seconds = max(ms, 0) // 1000
    for size, name, below, small in (
        (_DAY_S, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if seconds >= size:
            rest = seconds % size // below
            return f"{seconds // size} {name}" + (f" {rest} {small}" if rest else "")
    return f"{seconds} s"


def typed_span(ms: int) -> str:
    """Write a stretch of time as it is typed into forms and commands: `90s` is `1m30s`."""
    written, rest = "", ms
    for size, unit in ((_DAY_S * 1000, "d"), (3_600_000, "h"), (60_000, "m")):
        if rest >= size:
            written += f"{rest // size}{unit}"
            rest %= size
    return written + (f"{rest / 1000:g}s" if rest or not written else "")


def ago(at_ms: int, *, now: int) -> str:
    """Write how long ago or how far ahead a moment is."""
    passed = now - at_ms
    if abs(passed) < 1000:
        return "now"
    return f"{_coarse(passed)} ago" if passed > 0 else f"in {_coarse(-passed)}"


def size(count: int) -> str:
    """Write a number of bytes."""
    if count < 1024:
        return f"{count} B"
    amount = float(count)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= 1024
        if amount < 1024:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:.1f} TiB"


def _coarse(ms: int) -> str:
    seconds = ms // 1000
    for length, name in ((_DAY_S, "d"), (3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds // length} {name}"
    return f"{seconds} s"
