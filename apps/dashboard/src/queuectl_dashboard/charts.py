"""Windows of time as shapes of SVG, in a box of fixed measure that the page stretches."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from types import MappingProxyType

from queuectl_dashboard.timing import brief
from queuectl_metrics import Point, Window
from queuectl_store.values import dataclass

# The box: the page stretches it to its width.
WIDTH, HEIGHT = 720, 120
_GAP = 0.25
_SHARES = (0.5, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of time that can be looked at, in steps of a size that leaves the bars visible."""

    words: str
    seconds: int
    step: int


RANGES: Mapping[str, Range] = MappingProxyType(
    {
        "1h": Range("hour", 3_600, 60),
        "24h": Range("day", 86_400, 1_200),
        "7d": Range("week", 7 * 86_400, 2 * 3_600),
    }
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: what succeeded, with what failed on top."""

    at: int
    x: float
    width: float
    good: float
    bad: float
    words: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Attempts that ended, step by step. *top* is what the full height stands for."""

    bars: Sequence[Bar]
    top: int
    succeeded: int
    failed: int


@dataclass(frozen=True, slots=True)
class Quantiles:
    """How long something took: half of all, 95 and 99 of a hundred took no longer."""

    words: str
    times: Sequence[str]


def bar_chart(window: Window) -> BarChart:
    """Draw how many attempts ended in each step."""
    counts = [(point.attempts.get("succeeded", 0), point.failed) for point in window.points]
    top = _round_up(max((good + bad for good, bad in counts), default=0))
    width = WIDTH / max(1, len(counts))
    bars = [
        Bar(
            at=point.at,
            x=round(place * width, 2),
            width=round(width * (1 - _GAP), 2),
            good=round(HEIGHT * good / top, 2),
            bad=round(HEIGHT * bad / top, 2),
            words=_words(good, bad),
        )
        for place, (point, (good, bad)) in enumerate(zip(window.points, counts, strict=True))
    ]
    return BarChart(bars, top, sum(good for good, _ in counts), sum(bad for _, bad in counts))


def quantiles(window: Window) -> list[Quantiles]:
    """Tell how long jobs waited and ran in all of *window*; nothing where nothing was measured."""
    told = []
    for words, one in (("Wait", lambda point: point.waits), ("Run", lambda point: point.runs)):
        every = reduce(add, map(one, window.points))
        times = [every.quantile_ms(share) for share in _SHARES]
        told.append(Quantiles(words, ["–" if ms is None else brief(ms) for ms in times]))
    return told


def sparkline(points: Sequence[Point], *, width: int = 120, height: int = 24) -> str:
    """Draw how many attempts ended in each step as the points of a line."""
    counts = [sum(point.attempts.values()) for point in points]
    top, step = max([*counts, 1]), width / max(1, len(counts) - 1)
    return " ".join(
        f"{place * step:.1f},{height - 1 - (height - 2) * count / top:.1f}"
        for place, count in enumerate(counts)
    )


def _round_up(count: int) -> int:
    """Return the next number that reads well on an axis."""
    size = 1
    while True:
        for step in (1, 2, 5):
            if count <= step * size:
                return step * size
        size *= 10


def _words(good: int, bad: int) -> str:
    return f"{good} succeeded" + (f", {bad} failed" if bad else "")
