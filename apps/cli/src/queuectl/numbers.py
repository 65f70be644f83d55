"""What `queuectl metrics` shows: rates, waits and durations of queues and tasks, lately."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from queuectl.moments import short_span
from queuectl.render import Cell, Column, Row
from queuectl_metrics import Summary, Window, summaries, windows
from queuectl_store import Counts, Histogram, JobState, Look
from queuectl_store.values import dataclass

# The stretches that are told, in seconds.
SPANS: Mapping[str, int] = {"5m": 300, "1h": 3_600, "24h": 86_400}
_SPARKS = "▁▂▃▄▅▆▇█"
_POINTS = 30
_SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
# What a narrow screen does without first: the highest.
_SPARE = {"p50": 2, "p95": 0, "p99": 5}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One queue or task in one stretch of time.

    Attributes:
        by: `store`, `queue` or `task`.
        ended: How many attempts ended, each minute or so, oldest first; for a sparkline.
    """

    by: str
    name: str
    over: str
    summary: Summary
    ended: tuple[int, ...] = ()


_EMPTY = Line(by="", name="", over="", summary=Summary(since=0, until=0, counts=Counts()))


def lines(store: Look, *, over: Sequence[str]) -> list[Line]:
    """Read the whole store, each queue and each task, in each stretch of *over*."""
    now = store.reader.now_ms()
    found: list[Line] = []
    for by in ("store", "queue", "task"):
        for span in over:
            seconds = SPANS[span]
            trends = _trends(store, by, seconds, now)
            found_now = summaries(store, by=by, seconds=seconds, now=now)
            if by == "store" and not found_now and store.reader.counts():
                # A store that stood still is told of; a queue or a task that did is not.
                still = Summary(since=now - seconds * 1_000, until=now, counts=Counts())
                found.append(Line(by=by, name="", over=span, summary=still))
            for name, summary in found_now.items():
                trend = trends.get(name, ())
                found.append(Line(by=by, name=name, over=span, summary=summary, ended=trend))
    return found


def _trends(store: Look, by: str, seconds: int, now: int) -> dict[str, tuple[int, ...]]:
    step = max(60, seconds // _POINTS // 60 * 60)
    if by == "store":
        return {}
    found = windows(store, by=by, seconds=seconds, step=step, now=now)
    return {name: _ended(each) for name, each in found.items()}


def _ended(window: Window) -> tuple[int, ...]:
    return tuple(sum(point.attempts.values()) for point in window.points)


def document(line: Line) -> dict[str, Any]:
    """Return *line* for programs: times in seconds."""
    counts = line.summary.counts
    return {
        "by": line.by,
        "name": line.name,
        "over": line.over,
        "seconds": (line.summary.until - line.summary.since) / 1000,
        "enqueued": counts.enqueued,
        "started": counts.started,
        "ended": sum(counts.attempts.values()),
        "per_second": round(line.summary.throughput, 3),
        "succeeded": counts.finished.get(JobState.SUCCEEDED, 0),
        "retried": counts.retries,
        "dead": counts.finished.get(JobState.DEAD, 0),
        "cancelled": counts.finished.get(JobState.CANCELLED, 0),
        "wait": _quantiles(counts.waits),
        "run": _quantiles(counts.duration),
    }


def as_csv(some: Sequence[Line]) -> str:
    """Return *some* as a table for a spreadsheet, with a heading."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    documents = [_flat(document(line)) for line in some]
    heading = _flat(document(_EMPTY))
    writer.writerow(heading)
    writer.writerows(each.values() for each in documents)
    return text.getvalue()


def table(some: Sequence[Line], *, sparks: bool) -> tuple[list[Column], list[Row]]:
    """Return *some* as a table for people.

    Args:
        sparks: With a line of what ended when; of eighths of blocks, where a terminal has them.
    """
    columns = [
        Column(title="WHAT", flexible=True),
        Column(title="PER SECOND", right=True, spare=1),
        Column(title="ENDED", right=True),
        Column(title="RETRIED", right=True, spare=4),
        Column(title="DEAD", right=True),
        *(Column(title=f"WAIT {name}", right=True, spare=_SPARE[name]) for name in _SHARES),
        *(Column(title=f"RUN {name}", right=True, spare=_SPARE[name]) for name in _SHARES),
        Column(title="ENDED, BY TIME", spare=6),
    ]
    return columns, [_row(line, sparks=sparks) for line in some]


def sparkline(values: Sequence[int]) -> str:
    """Draw *values*, the highest as a full block; those that are zero keep the lowest."""
    most = max(values, default=0)
    last = len(_SPARKS) - 1
    return "".join(_SPARKS[-(-value * last // most)] if most else _SPARKS[0] for value in values)


def _row(line: Line, *, sparks: bool) -> list[Cell]:
    counts = line.summary.counts
    dead = counts.finished.get(JobState.DEAD, 0)
    return [
        Cell(text=_title(line), style="bold" if line.by == "store" else None),
        Cell(text=f"{line.summary.throughput:.2f}"),
        Cell(text=f"{sum(counts.attempts.values()):,}"),
        Cell(text=f"{counts.retries:,}"),
        Cell(text=f"{dead:,}", style="red" if dead else None),
        *(Cell(text=text) for text in _spans(counts.waits)),
        *(Cell(text=text) for text in _spans(counts.duration)),
        Cell(text=sparkline(line.ended) if sparks else ""),
    ]


def _title(line: Line) -> str:
    if line.by == "store":
        return "all"
    return f"{line.by} {line.name}" if line.name else "commands"


def _spans(histogram: Histogram) -> Iterator[str]:
    for share in _SHARES.values():
        ms = histogram.quantile_ms(share)
        yield "-" if ms is None else f"{ms:.0f}ms" if ms < 1_000 else short_span(round(ms))


def _quantiles(histogram: Histogram) -> dict[str, float | int | None]:
    found: dict[str, float | int | None] = {"count": histogram.count}
    for name, share in _SHARES.items():
        ms = histogram.quantile_ms(share)
        found[name] = None if ms is None else round(ms / 1000, 4)
    mean = histogram.mean_ms
    return {**found, "mean": None if mean is None else round(mean / 1000, 4)}


def _flat(document: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{each}": number for each, number in value.items()}
        else:
            flat[name] = value
    return flat
